//! Random requests.

use outwork_compiler::Request;
use outwork_engine::fact::Fact;
use proptest::prelude::*;

fn word() -> impl Strategy<Value = String> {
    "[abBé]{0,3}"
}

fn fact<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Fact<T>> {
    prop_oneof![4 => value.prop_map(Fact::Known), 1 => Just(Fact::Absent), 1 => Just(Fact::Unavailable)]
}

/// A header that is there once, several times, or not.
fn lines(name: &'static str, value: &'static str, most: usize) -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let line = value.prop_map(move |value| (name.to_owned(), value.into_bytes()));
    prop::collection::vec(line, 0..=most)
}

prop_compose! {
    pub(crate) fn request()(
        path in "(/[abBé]{0,2}){1,3}", params in prop::option::of(prop::collection::vec("(p|q|a)=[abBé]{0,2}|p|=a", 0..4)),
        a in lines("x-a", "[abBé]{0,3}", 2), accept in lines("accept", "[abB,]{0,3}", 1),
        list in lines("x-l", "([abB]{0,2}|\"[a,]{0,2}\"|[ \t]{1,2}|,){0,5}", 3),
        cookies in lines("cookie", "(c|d|a)=[abB]{0,2}(; (c|x)=[ab]{0,2}){0,2}", 2),
        agent in any::<bool>(), ja4 in fact(word()), country in fact(word()), asn in fact(0_u32..5),
        sni in prop::option::weighted(0.8, word()),
    ) -> Request {
        let mut headers = [a, accept, list, cookies].concat();
        headers.extend(agent.then(|| ("user-agent".to_owned(), b"x".to_vec())));
        let query = params.map_or_else(String::new, |params| format!("?{}", params.join("&")));
        Request { target: format!("{path}{query}"), headers, ja4, country, asn, sni: Fact::from_option(sni), ..Request::default() }
    }
}
