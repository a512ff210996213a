//! The gRPC service: one status a descriptor as envoyproxy/ratelimit answers, or the overall code alone as Limitador's server does.

use std::time::Duration;

use envoy_types::pb::envoy::extensions::common::ratelimit::v3::RateLimitDescriptor;
use envoy_types::pb::envoy::service::ratelimit::v3::rate_limit_response::rate_limit::Unit;
use envoy_types::pb::envoy::service::ratelimit::v3::rate_limit_response::{Code, DescriptorStatus, RateLimit};
use envoy_types::pb::envoy::service::ratelimit::v3::rate_limit_service_server::RateLimitService;
use envoy_types::pb::envoy::service::ratelimit::v3::{RateLimitRequest, RateLimitResponse};
use envoy_types::pb::google::protobuf::Duration as Seconds;
use tonic::{Request, Response, Status};

use crate::counters::{Checked, Counters, Entries, Tightest};

/// The service and how it is to behave.
pub(crate) struct Service {
    pub(crate) counters: Counters,
    /// As Limitador's server: no statuses, only the request's `hits_addend`, and a refused request is charged to nobody.
    pub(crate) bare: bool,
    /// How long every answer is held back.
    pub(crate) delay: Duration,
}

#[tonic::async_trait]
impl RateLimitService for Service {
    async fn should_rate_limit(
        &self,
        request: Request<RateLimitRequest>,
    ) -> Result<Response<RateLimitResponse>, Status> {
        let request = request.into_inner();
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let answer = if self.bare { self.together(request).await } else { self.each(request).await };
        answer.map(Response::new)
    }
}

impl Service {
    /// All descriptors are one check.
    async fn together(&self, request: RateLimitRequest) -> Result<RateLimitResponse, Status> {
        let hits = u64::from(request.hits_addend.max(1));
        let checked = self.charge(&request.domain, request.descriptors.iter().map(entries).collect(), hits).await?;
        Ok(RateLimitResponse { overall_code: code(checked.refused).into(), ..RateLimitResponse::default() })
    }

    /// Every descriptor is charged, also where one before it is over.
    async fn each(&self, request: RateLimitRequest) -> Result<RateLimitResponse, Status> {
        let mut statuses = Vec::with_capacity(request.descriptors.len());
        for descriptor in &request.descriptors {
            let hits = hits(descriptor, request.hits_addend);
            statuses.push(status(self.charge(&request.domain, vec![entries(descriptor)], hits).await?));
        }
        let refused = statuses.iter().any(|status| status.code == i32::from(Code::OverLimit));
        Ok(RateLimitResponse { overall_code: code(refused).into(), statuses, ..RateLimitResponse::default() })
    }

    /// A storage that fails is a service that is unavailable: what then happens is for the one who asks to say.
    async fn charge(&self, domain: &str, descriptors: Vec<Entries>, hits: u64) -> Result<Checked, Status> {
        self.counters.charge(domain, descriptors, hits).await.map_err(|error| Status::unavailable(error.to_string()))
    }
}

fn entries(descriptor: &RateLimitDescriptor) -> Entries {
    descriptor.entries.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect()
}

/// The descriptor's own hits, of which none only looks; else the request's; else one.
fn hits(descriptor: &RateLimitDescriptor, of_request: u32) -> u64 {
    descriptor.hits_addend.map_or(u64::from(of_request.max(1)), |hits| hits.value)
}

fn code(refused: bool) -> Code {
    if refused { Code::OverLimit } else { Code::Ok }
}

fn status(checked: Checked) -> DescriptorStatus {
    let code = code(checked.refused).into();
    let Some(tightest) = checked.tightest else {
        return DescriptorStatus { code, ..DescriptorStatus::default() };
    };
    DescriptorStatus {
        code,
        current_limit: Some(limit(&tightest)),
        limit_remaining: u32::try_from(tightest.left).unwrap_or(u32::MAX),
        duration_until_reset: Some(seconds(tightest.reset)),
        ..DescriptorStatus::default()
    }
}

fn seconds(reset: Duration) -> Seconds {
    let nanos = i32::try_from(reset.subsec_nanos()).unwrap_or(0);
    Seconds { seconds: i64::try_from(reset.as_secs()).unwrap_or(i64::MAX), nanos }
}

/// The protocol has no number of seconds: a window of another length than these is of an unknown unit.
fn limit(tightest: &Tightest) -> RateLimit {
    let unit = match tightest.seconds {
        1 => Unit::Second,
        60 => Unit::Minute,
        3_600 => Unit::Hour,
        86_400 => Unit::Day,
        _ => Unit::Unknown,
    };
    let requests_per_unit = u32::try_from(tightest.most).unwrap_or(u32::MAX);
    RateLimit { name: String::new(), requests_per_unit, unit: unit.into() }
}

#[cfg(test)]
mod tests {
    use envoy_types::pb::envoy::extensions::common::ratelimit::v3::rate_limit_descriptor::Entry;
    use envoy_types::pb::google::protobuf::UInt64Value;

    use super::*;

    /// `a` may have 3 hits a minute, `b` 2; any other limit is unknown to the service.
    const LIMITS: &str = r#"
- namespace: outwork
  max_value: 3
  seconds: 60
  conditions: ["descriptors[0].limit == 'a'"]
  variables: ["descriptors[0].key"]
- namespace: outwork
  max_value: 2
  seconds: 700
  conditions: ["descriptors[0].limit == 'b' || size(descriptors) > 1 && descriptors[1].limit == 'b'"]
  variables: ["descriptors[0].limit == 'b' ? descriptors[0].key : descriptors[1].key"]
"#;

    fn service(bare: bool, redis: Option<&str>) -> Service {
        Service { counters: Counters::new(LIMITS, redis).unwrap(), bare, delay: Duration::ZERO }
    }

    fn descriptor(limit: &str, key: &str, hits: Option<u64>) -> RateLimitDescriptor {
        let entry = |key: &str, value: &str| Entry { key: key.to_owned(), value: value.to_owned() };
        RateLimitDescriptor {
            entries: vec![entry("limit", limit), entry("key", key)],
            hits_addend: hits.map(|value| UInt64Value { value }),
            ..RateLimitDescriptor::default()
        }
    }

    async fn ask(
        service: &Service,
        descriptors: &[RateLimitDescriptor],
        hits_addend: u32,
    ) -> Result<RateLimitResponse, Status> {
        let request = RateLimitRequest { domain: "outwork".to_owned(), descriptors: descriptors.to_vec(), hits_addend };
        service.should_rate_limit(Request::new(request)).await.map(Response::into_inner)
    }

    fn codes(answer: &RateLimitResponse) -> Vec<(i32, u32)> {
        answer.statuses.iter().map(|status| (status.code, status.limit_remaining)).collect()
    }

    #[tokio::test]
    async fn every_descriptor_has_a_status_and_is_charged_by_its_own_hits() {
        let service = service(false, None);
        let both = [descriptor("a", "1", None), descriptor("b", "1", Some(2))];
        let first = ask(&service, &both, 0).await.unwrap();
        assert_eq!((first.overall_code, codes(&first)), (Code::Ok.into(), vec![(1, 2), (1, 0)]));
        // `b` is over, and `a` is charged all the same.
        let second = ask(&service, &both, 0).await.unwrap();
        assert_eq!((second.overall_code, codes(&second)), (Code::OverLimit.into(), vec![(1, 1), (2, 0)]));
        let reset = second.statuses[1].duration_until_reset.unwrap();
        assert!((600..=700).contains(&reset.seconds), "{reset:?}");
        let limit = second.statuses[0].current_limit.clone().unwrap();
        assert_eq!((limit.requests_per_unit, limit.unit), (3, Unit::Minute.into()));
    }

    #[tokio::test]
    async fn keys_are_counted_apart_and_the_hits_of_the_request_count_where_a_descriptor_has_none() {
        let service = service(false, None);
        assert_eq!(codes(&ask(&service, &[descriptor("a", "1", None)], 2).await.unwrap()), [(1, 1)]);
        assert_eq!(codes(&ask(&service, &[descriptor("a", "1", None)], 2).await.unwrap()), [(2, 1)]);
        assert_eq!(codes(&ask(&service, &[descriptor("a", "2", None)], 2).await.unwrap()), [(1, 1)]);
        assert_eq!(codes(&ask(&service, &[descriptor("a", "2", Some(0))], 2).await.unwrap()), [(1, 1)]);
    }

    #[tokio::test]
    async fn a_descriptor_without_a_limit_is_ok_and_says_nothing_of_one() {
        let answer = ask(&service(false, None), &[descriptor("unknown", "1", None)], 0).await.unwrap();
        assert_eq!((answer.overall_code, answer.statuses[0].code), (Code::Ok.into(), Code::Ok.into()));
        assert_eq!(answer.statuses[0].current_limit, None);
    }

    #[tokio::test]
    async fn bare_says_the_overall_code_alone_and_charges_all_or_none() {
        let service = service(true, None);
        let both = [descriptor("a", "1", None), descriptor("b", "1", Some(9))];
        for _ in 0..2 {
            let answer = ask(&service, &both, 0).await.unwrap();
            assert_eq!((answer.overall_code, answer.statuses.len()), (Code::Ok.into(), 0));
        }
        // `b` is over; `a` has one left, also after this refusal.
        assert_eq!(ask(&service, &both, 0).await.unwrap().overall_code, i32::from(Code::OverLimit));
        assert_eq!(ask(&service, &both[..1], 0).await.unwrap().overall_code, i32::from(Code::Ok));
        assert_eq!(ask(&service, &both[..1], 0).await.unwrap().overall_code, i32::from(Code::OverLimit));
    }

    #[tokio::test]
    async fn a_storage_that_is_gone_is_a_service_that_is_unavailable() {
        // Nothing listens on port 1 of loopback.
        let service = service(false, Some("redis://127.0.0.1:1/"));
        let refused = ask(&service, &[descriptor("a", "1", None)], 0).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::Unavailable);
    }

    #[test]
    fn limits_that_cannot_be_read_are_refused() {
        assert!(Counters::new("- namespace: outwork", None).is_err());
    }
}
