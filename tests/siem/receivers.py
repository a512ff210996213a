"""What stands at the other end: an OTLP collector and an access log service, as gRPC servers that keep what they receive."""

from __future__ import annotations

from concurrent import futures
from typing import Any, Iterator

import grpc
from envoy.service.accesslog.v3 import als_pb2, als_pb2_grpc
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc


class Collector(logs_service_pb2_grpc.LogsServiceServicer):
    """OpenTelemetry's LogsService."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.resources: list[dict[str, str]] = []
        self.lines: list[str] = []

    def Export(self, request: logs_service_pb2.ExportLogsServiceRequest, context: grpc.ServicerContext) -> logs_service_pb2.ExportLogsServiceResponse:
        """Keeps every log record."""
        # As a Collector's `file` exporter writes it: OTLP's JSON, a request a line.
        self.lines.append(json_format.MessageToJson(request, indent=None))
        for of in request.resource_logs:
            self.resources.append(attributes(of.resource.attributes))
            for scope in of.scope_logs:
                self.received.extend(scope.log_records)
        return logs_service_pb2.ExportLogsServiceResponse()


class AccessLogService(als_pb2_grpc.AccessLogServiceServicer):
    """Envoy's AccessLogService, to which an Envoy streams as long as it lives."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.names: set[str] = set()
        self.nodes: set[str] = set()

    def StreamAccessLogs(self, messages: Iterator[als_pb2.StreamAccessLogsMessage], context: grpc.ServicerContext) -> als_pb2.StreamAccessLogsResponse:
        """Keeps every entry of HTTP."""
        for message in messages:
            if message.HasField("identifier"):
                self.names.add(message.identifier.log_name)
                self.nodes.add(message.identifier.node.id)
            self.received.extend(message.http_logs.log_entry)
        return als_pb2.StreamAccessLogsResponse()


class Receivers:
    """Both, each on a free port of 127.0.0.1, until closed."""

    def __init__(self) -> None:
        self.collector, self.service = Collector(), AccessLogService()
        # Calls of the collector are kept in their order: a thread for each of two could turn them round. A stream of the other has its thread for life.
        self.servers = [grpc.server(futures.ThreadPoolExecutor(threads)) for threads in (1, 8)]
        logs_service_pb2_grpc.add_LogsServiceServicer_to_server(self.collector, self.servers[0])
        als_pb2_grpc.add_AccessLogServiceServicer_to_server(self.service, self.servers[1])
        self.otlp, self.als = (server.add_insecure_port("127.0.0.1:0") for server in self.servers)
        for server in self.servers:
            server.start()

    def close(self) -> None:
        """Ends the streams too."""
        for server in self.servers:
            server.stop(None).wait()


def attributes(pairs: Any) -> dict[str, str]:
    """Key and text of OTLP's attributes."""
    return {pair.key: pair.value.string_value for pair in pairs}
