//! The registry of codes. A code is never given to another mistake, also not when its own has become impossible.

use super::Severity;

macro_rules! codes {
    ($($number:literal $name:ident $title:literal,)*) => {
        /// A kind of mistake.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $title] $name,)* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its stable name: `OW0001`.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => concat!("OW", $number)),* }
            }

            /// Its page, as Markdown: what it means, a pack that raises it, what to do.
            pub const fn page(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(concat!("../../../docs/diagnostics/OW", $number, ".md")),)*
                }
            }

            /// What kind of mistake it is.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }
        }
    };
}

codes! {
    "0001" Unreadable "a file cannot be read",
    "0002" TooLarge "a file, or the bundle, is too large",
    "0003" NotUtf8 "a file is not UTF-8",
    "0004" Toml "a file is not TOML",
    "0005" UnknownKey "a key means nothing here",
    "0006" MissingKey "a key is missing",
    "0007" WrongType "a value has the wrong type",
    "0008" UnknownWord "a value is none of those that are allowed",
    "0009" OutOfRange "a number is out of range",
    "0010" BadName "a name has characters that names cannot have",
    "0011" DuplicateRule "two rules have one id",
    "0012" DuplicateLimit "two limits have one id",
    "0013" DuplicatePack "two packs have one id",
    "0014" UnknownLimit "a limit is named that does not exist",
    "0015" UnknownList "a list is named that does not exist",
    "0016" UnknownRule "a rule is named that does not exist",
    "0017" MissingWhy "a rule or pack does not say why",
    "0018" LimitMismatch "a limit is named without throttling, or the reverse",
    "0019" NotYet "something is planned that this version does not do",
    "0020" BadAddress "an address or network does not parse",
    "0021" HostBits "a network has bits set below its prefix",
    "0022" BadRefill "a rate does not parse",
    "0023" BadListEntry "an entry of a list does not fit its kind",
    "0024" CelSyntax "a condition is not CEL",
    "0025" UnknownField "a condition reads what does not exist",
    "0026" TypeMismatch "a condition compares what cannot be compared",
    "0027" Unsupported "a condition uses CEL that Outwork does not have",
    "0028" BadPattern "a regular expression does not parse",
    "0029" PatternTooLarge "a regular expression needs too large an automaton",
    "0030" TooComplex "a condition is too long or too deep",
    "0031" NeverHolds "a test can never hold",
    "0032" TestFailed "a rule's test failed",
    "0033" HeaderCase "a header name is not in lower case",
    "0034" TooMany "there are too many of something",
    "0035" DuplicateOverride "a rule is overridden twice",
    "0036" BadVersion "a version cannot stand in a bundle's name",
    "0037" BadContact "a contact is not a link",
    "0038" ListKind "a list has no contents, or two kinds of them",
    "0039" RetiredId "an id is used that was given up",
    "0040" BadReference "a reference is not a link",
    "0041" MacroCycle "macros are made of one another in a circle",
    "0042" UnknownMacro "a macro is named that does not exist",
    "0043" Expansion "a condition is too large once its macros and lists are put in",
    "0044" TakenName "a name means something already",
    "0045" ForeignField "a test of a list's element asks something else",
    "0046" UnusedMacro "nothing uses a macro",
    "0047" BadDuration "a length of time does not parse",
    "0055" PatternsTooLarge "regular expressions need too large automata together",
    "0056" PatternsTooSlow "regular expressions take too long to build together",
    "0057" PatternLarge "a regular expression needs a large automaton",
    "0060" NeverFires "a condition never holds",
    "0061" AlwaysHolds "a condition always holds",
    "0062" Redundant "a part of a condition decides nothing",
    "0063" Shadowed "an earlier rule always comes first",
    "0064" SameCondition "two rules have the same condition",
    "0065" Outweighed "an `allow` rule always outweighs this rule",
    "0066" Unseen "a rule needs what a host cannot see",
    "0067" UnusedList "no condition uses a list",
    "0069" UnusedLimit "no request is charged to a limit",
    "0070" Expired "a rule is no longer in force",
    "0071" IdleOverride "an override changes nothing",
    "0073" Untested "a rule has no test",
    "0074" NotRaised "a warning is accepted that is not raised",
    "0075" BadModel "a model cannot be used",
    "0076" DuplicateModel "two models have one id",
    "0077" ReportedInput "a model of another layer looks at what pages report",
    "0078" IdleModel "an earlier model of its layer comes first",
    "0079" NoFeatures "features are recorded, and there are none",
    "0080" LadderOrder "the rungs of a ladder do not ascend",
    "0081" NoLadder "a limit has a penalty and no ladder",
    "0082" NotOnLadder "a rung is named that is not on the ladder",
    "0083" NoDecoy "a limit waits for decoys, and there are none",
    "0084" BadAccount "an account is named by no field, or by several",
    "0085" NoAccount "a limit counts accounts, and nothing says what names them",
    "0086" SharedKey "a limit shuts out all who share what it counts",
    "0090" DuplicateTransaction "two transactions have one id",
    "0091" BadSize "a number of bytes does not parse",
    "0092" IdleTransaction "a transaction demands and binds nothing",
    "0093" IdleKey "a key of a transaction does nothing",
    "0094" NoBody "a transaction binds the body of requests that have none",
    "0095" LateTransaction "an earlier transaction always comes first",
    "0096" UnreadBody "a transaction binds bodies that a host may not hand over",
    "0097" NoWay "a transaction blocks whoever was not observed",
    "0100" DuplicateAgent "two agents have one id",
    "0101" UnprovenAgent "nothing can prove who an agent is",
    "0102" BadAgentName "a name does not tell an agent",
    "0103" BadDirectory "a directory of keys cannot be fetched",
    "0104" BadKeys "a file has no keys that can be used",
    "0105" UnknownAgent "a condition asks for what no agent is",
    "0106" BadSource "a list's source cannot be fetched",
    "0107" OldList "a list of networks is old",
    "0108" TestKeys "keys that everybody has are allowed",
    "0109" Unproven "a rule lets in by what anybody can send",
    "0110" LiftedDemand "an `allow` goes past what a transaction demands",
}

impl Code {
    /// Whether a policy with it can still be built.
    pub const fn severity(self) -> Severity {
        match self {
            Self::PatternLarge
            | Self::SharedKey
            | Self::IdleTransaction
            | Self::IdleKey
            | Self::NoBody
            | Self::LateTransaction
            | Self::UnreadBody
            | Self::NoWay
            | Self::UnknownAgent
            | Self::OldList
            | Self::TestKeys
            | Self::Unproven
            | Self::LiftedDemand
            | Self::NeverFires
            | Self::AlwaysHolds
            | Self::Redundant
            | Self::Shadowed
            | Self::SameCondition
            | Self::Outweighed
            | Self::Unseen
            | Self::UnusedList
            | Self::UnusedLimit
            | Self::Expired
            | Self::IdleOverride
            | Self::IdleModel
            | Self::NoDecoy
            | Self::NoFeatures
            | Self::UnusedMacro
            | Self::Untested
            | Self::NotRaised => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// The code of this name, in capitals or not.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_and_none_is_given_twice() {
        assert!(Code::ALL.is_sorted_by(|a, b| a.id() < b.id()));
    }
}
