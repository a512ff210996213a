use std::process::ExitCode;

use outwork_compiler::SchemaKind;

use crate::failure::Failure;
use crate::output::print;

/// Print the JSON Schema of packs or policies, for editors
///
/// docs/editors.md tells how editors find it.
#[derive(clap::Args)]
pub(crate) struct Schema {
    /// Which files it is for
    #[arg(long, value_enum, default_value_t = Kind::Pack)]
    kind: Kind,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// Rule packs
    Pack,
    /// `outwork.toml`
    Policy,
}

impl Schema {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let kind = match self.kind {
            Kind::Pack => SchemaKind::Pack,
            Kind::Policy => SchemaKind::Policy,
        };
        print(&outwork_compiler::schema(kind))?;
        Ok(ExitCode::SUCCESS)
    }
}
