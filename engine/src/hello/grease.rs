use alloc::vec::Vec;

/// Whether `value` is one of the 16 values that RFC 8701 reserves for GREASE: two equal bytes with the low nibble `a`.
///
/// ```
/// use outwork_engine::hello::is_grease;
/// assert!(is_grease(0x0a0a) && is_grease(0xfafa));
/// assert!(!is_grease(0x0a1a) && !is_grease(0x1301));
/// ```
#[must_use]
pub const fn is_grease(value: u16) -> bool {
    let [high, low] = value.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}

pub(super) fn without_grease(values: &[u16]) -> Vec<u16> {
    values.iter().copied().filter(|value| !is_grease(*value)).collect()
}
