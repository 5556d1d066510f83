//! What can be reported, and what is asked about each.

use applications::{AttributeKind, ReportAttribute};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::Locale;

use crate::open311::Server;
use crate::open311::fault::Fault;
use crate::open311::parameters::{category_of, code_of};
use crate::open311::tree::{Format, Tree, YesNo};

/// The list of services.
pub(super) async fn list(State(server): Server, format: Format) -> Response {
    let categories = match server.application.applications.report_categories(Locale::De).await {
        Ok(categories) => categories,
        Err(failure) => return Fault::from(failure).answer(format),
    };
    let service = |(category, name): &(applications::ReportCategory, String)| {
        Tree::Fields(vec![
            ("service_code", code_of(category).into()),
            ("service_name", name.as_str().into()),
            ("description", name.as_str().into()),
            ("metadata", Tree::YesNo(YesNo::Yes)),
            ("type", "realtime".into()),
            ("keywords", category.category.as_str().into()),
            ("group", category.service.as_str().into()),
        ])
    };
    format.answer(StatusCode::OK, "services", &Tree::Many("service", categories.iter().map(service).collect()))
}

/// What is asked about one.
pub(super) async fn definition(State(server): Server, Path(last): Path<String>) -> Response {
    let Some((format, code)) = Format::split(&last) else {
        return Fault::missing("the address ends in .json or .xml").answer(Format::Json);
    };
    let Some(category) = category_of(code) else { return unknown().answer(format) };
    let attributes = match server.application.applications.report_attributes(&category, Locale::De).await {
        Ok(attributes) => attributes,
        Err(failure) => return Fault::from(failure).answer(format),
    };
    let attributes = (1..).zip(&attributes).map(|(order, attribute)| described(order, attribute)).collect();
    let tree = Tree::Fields(vec![("service_code", code.into()), ("attributes", Tree::Many("attribute", attributes))]);
    format.answer(StatusCode::OK, "service_definition", &tree)
}

/// A code behind which nothing can be reported.
pub(super) fn unknown() -> Fault {
    Fault::missing("there is no such service_code")
}

fn described(order: i64, attribute: &ReportAttribute) -> Tree {
    let (datatype, values) = match &attribute.kind {
        AttributeKind::Text => ("string", &[][..]),
        AttributeKind::Number => ("number", &[][..]),
        AttributeKind::Day => ("datetime", &[][..]),
        AttributeKind::One(options) => ("singlevaluelist", options.as_slice()),
        AttributeKind::Some(options) => ("multivaluelist", options.as_slice()),
    };
    let value = |(key, name): &(String, String)| {
        Tree::Fields(vec![("key", key.as_str().into()), ("name", name.as_str().into())])
    };
    let required = if attribute.required { YesNo::Yes } else { YesNo::No };
    Tree::Fields(vec![
        ("variable", Tree::YesNo(YesNo::Yes)),
        ("code", attribute.path.as_str().into()),
        ("datatype", datatype.into()),
        ("required", Tree::YesNo(required)),
        ("datatype_description", attribute.help.as_deref().into()),
        ("order", Tree::Whole(order)),
        ("description", attribute.label.as_str().into()),
        ("values", Tree::Many("value", values.iter().map(value).collect())),
    ])
}
