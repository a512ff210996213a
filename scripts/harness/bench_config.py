"""The benchmark's Envoys: the edge's listeners and connection facts, and nothing that only some variants would pay for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .edge import Ports

API = "type.googleapis.com/envoy.extensions"
TLS_FACTS = "addr=%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% id=%CONNECTION_ID% ja4=%TLS_JA4_FINGERPRINT% ja3=%TLS_JA3_FINGERPRINT% version=%DOWNSTREAM_TLS_VERSION% sni=%REQUESTED_SERVER_NAME%"
PLAIN_FACTS = "addr=%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% id=%CONNECTION_ID% ja4=- ja3=- version=- sni=-"
ANSWER = {"status": 200, "body": {"inline_string": "ok\n"}}


def edge(ports: Ports, tls: Path, filter: dict[str, Any] | None, hops: int = 0) -> dict[str, Any]:
    """An edge with one HTTP filter or none: everything is answered here, but for /origin. Clients name their address where `hops` is 1."""
    routes = [{"match": {"prefix": "/origin"}, "route": {"cluster": "origin"}}, {"match": {"prefix": "/"}, "direct_response": ANSWER}]
    https = _listener("https", ports.https, [_facts("on_downstream_tls_handshake", TLS_FACTS), _manager(routes, filter, hops)])
    https["listener_filters"] = [_typed("envoy.filters.listener.tls_inspector", f"{API}.filters.listener.tls_inspector.v3.TlsInspector", enable_ja3_fingerprinting=True, enable_ja4_fingerprinting=True)]
    certificate = {"certificate_chain": {"filename": str(tls / "cert.pem")}, "private_key": {"filename": str(tls / "key.pem")}}
    https["filter_chains"][0]["transport_socket"] = _typed(
        "envoy.transport_sockets.tls", f"{API}.transport_sockets.tls.v3.DownstreamTlsContext",
        common_tls_context={"alpn_protocols": ["h2", "http/1.1"], "tls_certificates": [certificate]},
    )
    http = _listener("http", ports.http, [_facts("on_new_connection", PLAIN_FACTS), _manager(routes, filter, hops)])
    endpoint = {"endpoint": {"address": _address(ports.origin)}}
    cluster = {"name": "origin", "type": "STATIC", "load_assignment": {"cluster_name": "origin", "endpoints": [{"lb_endpoints": [endpoint]}]}}
    return {"admin": {"address": _address(ports.admin)}, "static_resources": {"listeners": [https, http], "clusters": [cluster]}}


def origin(ports: Ports) -> dict[str, Any]:
    """An Envoy that answers everything itself: an origin whose own cost hardly varies."""
    routes = [{"match": {"prefix": "/"}, "direct_response": ANSWER}]
    return {"admin": {"address": _address(ports.admin)}, "static_resources": {"listeners": [_listener("http", ports.http, [_manager(routes, None)])]}}


def grpc(name: str, port: int) -> dict[str, Any]:
    """A cluster that is asked over gRPC, as the rate limit service of envoy-config/global-limits is."""
    endpoint = {"endpoint": {"address": _address(port)}}
    options = {"@type": f"{API}.upstreams.http.v3.HttpProtocolOptions", "explicit_http_config": {"http2_protocol_options": {}}}
    return {
        "name": name, "type": "STATIC", "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def _manager(routes: list[dict[str, Any]], filter: dict[str, Any] | None, hops: int = 0) -> dict[str, Any]:
    filters = [{"name": "outwork", "typed_config": filter}] if filter else []
    router = _typed("envoy.filters.http.router", f"{API}.filters.http.router.v3.Router")
    return _typed(
        "envoy.filters.network.http_connection_manager", f"{API}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="bench", use_remote_address=True, xff_num_trusted_hops=hops, http_filters=[*filters, router],
        route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
    )


def _facts(when: str, text: str) -> dict[str, Any]:
    item = {"object_key": "outwork.connection", "factory_key": "envoy.string", "format_string": {"text_format_source": {"inline_string": text}}}
    return _typed("envoy.filters.network.set_filter_state", f"{API}.filters.network.set_filter_state.v3.Config", **{when: [item]})


def _listener(name: str, port: int, filters: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "address": _address(port), "filter_chains": [{"filters": filters}]}


def _typed(name: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "typed_config": {"@type": kind, **fields}}


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
