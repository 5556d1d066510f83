//! The kinds of columns there are, and how each engine writes and reads them as JSON.

use serde_json::Value;

use crate::error::DatabaseError;
use crate::row::Row;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    /// PostgreSQL's; SQLite keeps these as integers.
    Truth,
    Real,
    Text,
    Bytes,
    /// PostgreSQL's; SQLite keeps these as bytes.
    Uuid,
}

impl Kind {
    /// Of a type as SQLite has it declared.
    pub(crate) fn of_sqlite(declared: &str) -> Option<Self> {
        let declared = declared.to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
        match () {
            () if has(&["INT", "BOOL"]) => Some(Self::Integer),
            () if has(&["CHAR", "TEXT", "CLOB"]) => Some(Self::Text),
            () if has(&["BLOB"]) => Some(Self::Bytes),
            () if has(&["REAL", "FLOA", "DOUB"]) => Some(Self::Real),
            () => None,
        }
    }

    /// Of a type as PostgreSQL calls it inside.
    pub(crate) fn of_postgres(name: &str) -> Option<Self> {
        match name {
            "int2" | "int4" | "int8" => Some(Self::Integer),
            "bool" => Some(Self::Truth),
            "float4" | "float8" => Some(Self::Real),
            "text" | "varchar" | "bpchar" => Some(Self::Text),
            "bytea" => Some(Self::Bytes),
            "uuid" => Some(Self::Uuid),
            _ => None,
        }
    }

    /// The expression that reads the quoted column `name` on SQLite.
    pub(crate) fn read_sqlite(self, name: &str) -> String {
        match self {
            Self::Integer | Self::Truth => format!("CAST({name} AS INTEGER)"),
            Self::Real => format!("CAST({name} AS REAL)"),
            Self::Text => format!("CAST({name} AS TEXT)"),
            Self::Bytes | Self::Uuid => format!("CAST({name} AS BLOB)"),
        }
    }

    /// The same on PostgreSQL.
    pub(crate) fn read_postgres(self, name: &str) -> String {
        match self {
            Self::Integer => format!("{name}::bigint"),
            Self::Truth => format!("{name}::int::bigint"),
            Self::Real => format!("{name}::double precision"),
            Self::Text => format!("{name}::text"),
            Self::Bytes => name.to_owned(),
            Self::Uuid => format!("uuid_send({name})"),
        }
    }

    /// The expression that takes the value at `index` out of a line on SQLite.
    pub(crate) fn write_sqlite(self, index: usize) -> String {
        match self {
            Self::Integer | Self::Truth | Self::Real | Self::Text => format!("value ->> {index}"),
            Self::Bytes | Self::Uuid => format!("unhex(value ->> {index})"),
        }
    }

    /// The same on PostgreSQL.
    pub(crate) fn write_postgres(self, index: usize) -> String {
        match self {
            Self::Integer => format!("(value ->> {index})::bigint"),
            Self::Truth => format!("(value ->> {index})::int::boolean"),
            Self::Real => format!("(value ->> {index})::double precision"),
            Self::Text => format!("value ->> {index}"),
            Self::Bytes => format!("decode(value ->> {index}, 'hex')"),
            Self::Uuid => format!("(value ->> {index})::uuid"),
        }
    }

    /// The value at `index` of a row that was read by the expressions above.
    pub(crate) fn value(self, row: &Row, index: usize) -> Result<Value, DatabaseError> {
        Ok(match self {
            Self::Integer | Self::Truth => row.at::<Option<i64>>(index)?.into(),
            Self::Real => row.at::<Option<f64>>(index)?.into(),
            Self::Text => row.at::<Option<String>>(index)?.into(),
            Self::Bytes | Self::Uuid => row.at::<Option<Vec<u8>>>(index)?.map(hex::encode).into(),
        })
    }
}
