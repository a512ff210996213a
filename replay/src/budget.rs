//! How much may change before a deployment is stopped.

use serde::Serialize;
use std::{fmt, str::FromStr};

/// The most requests that may change: so many, or a share of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub enum Budget {
    /// So many requests.
    Requests(u64),
    /// A share of all requests, in millionths.
    Share(u64),
}

impl Budget {
    /// Whether so many of all requests are more than it allows.
    pub fn is_exceeded(self, requests: u64, all: u64) -> bool {
        match self {
            Self::Requests(most) => requests > most,
            Self::Share(millionths) => u128::from(requests) * 1_000_000 > u128::from(millionths) * u128::from(all),
        }
    }
}

impl FromStr for Budget {
    type Err = BudgetError;

    fn from_str(text: &str) -> Result<Self, BudgetError> {
        let Some(percent) = text.strip_suffix('%') else {
            return text.parse().map(Self::Requests).map_err(|_| BudgetError);
        };
        let (whole, fraction) = percent.trim_end().split_once('.').unwrap_or((percent.trim_end(), ""));
        let is_number = !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        if !is_number || fraction.len() > 4 || whole.len() > 3 {
            return Err(BudgetError);
        }
        let millionths = format!("{whole}{fraction:0<4}").parse().map_err(|_| BudgetError)?;
        if millionths > 1_000_000 { Err(BudgetError) } else { Ok(Self::Share(millionths)) }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requests(most) => write!(f, "{most}"),
            Self::Share(millionths) => {
                let fraction = format!("{:04}", millionths % 10_000);
                let fraction = fraction.trim_end_matches('0');
                let point = if fraction.is_empty() { "" } else { "." };
                write!(f, "{}{point}{fraction}%", millionths / 10_000)
            }
        }
    }
}

impl From<Budget> for String {
    fn from(budget: Budget) -> Self {
        budget.to_string()
    }
}

/// A text is no budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetError;

impl fmt::Display for BudgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a budget is a number of requests, as `20`, or a share of them, as `0.1%`, to four places")
    }
}

impl std::error::Error for BudgetError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_numbers_or_shares() {
        assert_eq!("20".parse(), Ok(Budget::Requests(20)));
        assert_eq!("0.1%".parse(), Ok(Budget::Share(1_000)));
        assert_eq!("100%".parse(), Ok(Budget::Share(1_000_000)));
        assert_eq!("0.0001%".parse(), Ok(Budget::Share(1)));
        for text in ["20", "0.1%", "100%", "0.0001%", "12.5%"] {
            assert_eq!(text.parse::<Budget>().unwrap().to_string(), text);
        }
        for wrong in ["", "%", "-1", "1.5", "0,1%", "100.1%", "0.00001%", ".1%", "x%"] {
            assert_eq!(wrong.parse::<Budget>(), Err(BudgetError), "{wrong}");
        }
    }

    #[test]
    fn a_budget_holds_up_to_its_edge() {
        let share: Budget = "0.1%".parse().unwrap();
        assert!(!share.is_exceeded(1, 1_000) && share.is_exceeded(2, 1_999) && share.is_exceeded(1, 999));
        assert!(!share.is_exceeded(0, 0));
        assert!(!Budget::Requests(0).is_exceeded(0, 5) && Budget::Requests(0).is_exceeded(1, 5));
    }
}
