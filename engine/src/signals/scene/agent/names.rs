//! Browsers, engines and operating systems by the names that rules see.

/// A browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Android,
    Brave,
    Chrome,
    DuckDuckGo,
    Edge,
    Firefox,
    Huawei,
    InternetExplorer,
    Miui,
    Opera,
    OperaMini,
    Qq,
    Safari,
    Samsung,
    Silk,
    Uc,
    Vivaldi,
    WebView,
    Whale,
    Yandex,
}

impl Family {
    /// The name that rules see.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Brave => "brave",
            Self::Chrome => "chrome",
            Self::DuckDuckGo => "duckduckgo",
            Self::Edge => "edge",
            Self::Firefox => "firefox",
            Self::Huawei => "huawei",
            Self::InternetExplorer => "ie",
            Self::Miui => "miui",
            Self::Opera => "opera",
            Self::OperaMini => "opera-mini",
            Self::Qq => "qq",
            Self::Safari => "safari",
            Self::Samsung => "samsung",
            Self::Silk => "silk",
            Self::Uc => "uc",
            Self::Vivaldi => "vivaldi",
            Self::WebView => "webview",
            Self::Whale => "whale",
            Self::Yandex => "yandex",
        }
    }
}

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Chrome and what is built on it.
    Chromium,
    /// Firefox.
    Gecko,
    /// Safari, and every browser on iOS.
    WebKit,
}

impl Engine {
    /// The name that rules see.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Gecko => "gecko",
            Self::WebKit => "webkit",
        }
    }
}

/// An operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    Android,
    ChromeOs,
    Ios,
    Linux,
    MacOs,
    Windows,
}

impl Platform {
    /// The name that rules see.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::ChromeOs => "chromeos",
            Self::Ios => "ios",
            Self::Linux => "linux",
            Self::MacOs => "macos",
            Self::Windows => "windows",
        }
    }
}
