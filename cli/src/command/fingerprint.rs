use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use md5::{Digest, Md5};
use outwork_engine::hello::{ClientHello, HelloError, MAX_MESSAGE, Transport};
use serde::Serialize;

use crate::capture::{self, End, Flows, Found, Packet};
use crate::failure::Failure;

/// Print the JA4 and JA3 of each TLS ClientHello in a capture
///
/// Reads pcap and pcapng (Ethernet, Linux "any", loopback and raw IP; TLS over TCP, also behind SOCKS, CONNECT or
/// STARTTLS; QUIC; DTLS), and files that hold one ClientHello: its TLS records, a DTLS record, or the bare handshake
/// message. What a capture holds and could not be read is counted on standard error.
///
/// Exit code: 0 if there is a hello and none is malformed, else 1; 2 if the file cannot be read.
#[derive(clap::Args)]
pub(crate) struct Fingerprint {
    /// A capture or a ClientHello; `-` is standard input
    file: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line a hello, for people
    Text,
    /// A JSON object a line, with the raw forms
    Json,
}

impl Fingerprint {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let name = self.file.display();
        let mut input = self.open()?;
        let start = input.fill_buf().map_err(Failure::because(format!("`{name}` cannot be read")))?;
        let start = start.first_chunk::<4>().copied();
        let mut print = Print { format: self.format, out: io::stdout().lock(), hellos: 0, malformed: 0 };
        match start {
            Some(start) if capture::is_capture(start) => print.capture(start, input)?,
            _ => print.file(input)?,
        }
        if print.hellos == 0 && print.malformed == 0 {
            eprintln!("no ClientHello in `{name}`");
        }
        Ok(ExitCode::from(u8::from(print.hellos == 0 || print.malformed > 0)))
    }

    fn open(&self) -> Result<BufReader<Box<dyn Read + Send>>, Failure> {
        let input: Box<dyn Read + Send> = if self.file.as_os_str() == "-" {
            Box::new(io::stdin())
        } else {
            let name = self.file.display();
            Box::new(File::open(&self.file).map_err(Failure::because(format!("`{name}` cannot be opened")))?)
        };
        Ok(BufReader::new(input))
    }
}

struct Print {
    format: Format,
    out: io::StdoutLock<'static>,
    hellos: usize,
    malformed: usize,
}

impl Print {
    fn capture(&mut self, start: [u8; 4], input: impl Read + Send) -> Result<(), Failure> {
        let mut flows = Flows::default();
        let end = capture::frames(start, input, |link, frame| {
            flows.add(&Packet::read(link, frame)).into_iter().try_for_each(|found| self.found(found))
        })?;
        flows.notes().iter().for_each(|note| eprintln!("note: {note}"));
        if matches!(end, End::MidBlock) {
            eprintln!("note: the capture ends within a packet");
        }
        Ok(())
    }

    fn found(&mut self, found: Found) -> Result<(), Failure> {
        let ends = Some((found.ends.source.to_string(), found.ends.destination.to_string()));
        match found.hello {
            Ok(hello) => self.line(&Line::new(ends, found.transport, &hello)),
            Err(error) => {
                self.malformed = self.malformed.saturating_add(1);
                eprintln!("malformed: {} -> {}: {error}", found.ends.source, found.ends.destination);
                Ok(())
            }
        }
    }

    /// A file that is a ClientHello itself.
    fn file(&mut self, input: impl Read) -> Result<(), Failure> {
        // Records of one byte each are the longest way to carry a message.
        let most = u64::try_from(MAX_MESSAGE.saturating_mul(6)).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        input.take(most).read_to_end(&mut bytes).map_err(Failure::because("the file cannot be read"))?;
        let (transport, hello) = match *bytes {
            [22, 3, ..] => (Transport::Tls, ClientHello::from_records(&bytes)),
            [22, 0xfe, ..] => (Transport::Dtls, ClientHello::from_dtls(&bytes)),
            [1, ..] => (Transport::Quic, ClientHello::from_handshake(&bytes)),
            _ => (Transport::Tls, Err(HelloError::NotHandshake)),
        };
        let hello = hello.map_err(|error| {
            Failure::new(format!("neither a capture nor a ClientHello: {error}"))
                .with_help("pcap, pcapng, TLS records, a DTLS record, or a handshake message as in QUIC, in binary")
        })?;
        self.line(&Line::new(None, transport, &hello))
    }

    fn line(&mut self, line: &Line) -> Result<(), Failure> {
        self.hellos = self.hellos.saturating_add(1);
        let text = match self.format {
            Format::Text => line.text(),
            Format::Json => {
                serde_json::to_string(line).map_err(Failure::because("a hello cannot be written as JSON"))?
            }
        };
        writeln!(self.out, "{text}").map_err(Failure::because("the output cannot be written"))
    }
}

/// What is printed of a hello. Names that a client chose are ASCII, with escapes for all else.
#[derive(Serialize)]
struct Line {
    /// Address and port; null for a file that is a ClientHello itself.
    source: Option<String>,
    destination: Option<String>,
    transport: &'static str,
    sni: Option<String>,
    alpn: Vec<String>,
    ja4: String,
    ja4_r: String,
    /// The MD5 of `ja3_string`.
    ja3: String,
    ja3_string: String,
    /// As Envoy 1.40 reports them, which drops GREASE in fewer places; null but for TLS over TCP.
    envoy_ja4: Option<String>,
    envoy_ja3: Option<String>,
}

impl Line {
    fn new(ends: Option<(String, String)>, transport: Transport, hello: &ClientHello) -> Self {
        let (source, destination) = ends.unzip();
        let ja3_string = hello.ja3();
        let in_envoy = matches!(transport, Transport::Tls);
        Self {
            source,
            destination,
            transport: match transport {
                Transport::Tls => "tls",
                Transport::Quic => "quic",
                Transport::Dtls => "dtls",
            },
            sni: hello.server_name.as_ref().map(|name| name.escape_ascii().to_string()),
            alpn: hello.alpn.iter().map(|name| name.escape_ascii().to_string()).collect(),
            ja4: hello.ja4(transport),
            ja4_r: hello.ja4_raw(transport),
            ja3: md5_hex(&ja3_string),
            ja3_string,
            envoy_ja4: in_envoy.then(|| hello.envoy_ja4()),
            envoy_ja3: in_envoy.then(|| md5_hex(&hello.envoy_ja3())),
        }
    }

    fn text(&self) -> String {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
        format!(
            "{} -> {}  {}  ja4={} ja3={} sni={} alpn={}",
            or_dash(&self.source),
            or_dash(&self.destination),
            self.transport,
            self.ja4,
            self.ja3,
            or_dash(&self.sni),
            if self.alpn.is_empty() { "-".into() } else { self.alpn.join(",") },
        )
    }
}

fn md5_hex(text: &str) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
