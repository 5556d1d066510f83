//! The configurations of nginx and Caddy, read by the programs themselves.

use std::fs;
use std::process::Command;

use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::process;
use crate::provision;

const NGINX: &str = "deploy/nginx/servicepoint.conf";
const CADDY: &str = "deploy/caddy/Caddyfile";

/// What each must say, with the reason.
const PROMISES: [(&str, &str, &str); 9] = [
    (NGINX, "proxy_set_header X-Forwarded-For $remote_addr;", "a client's own word on its address is replaced"),
    (NGINX, "proxy_set_header Forwarded \"\";", "the other header that names a client is dropped"),
    (NGINX, "proxy_buffering off;", "live updates leave at once"),
    (NGINX, "proxy_cache off;", "answers belong to one person"),
    (NGINX, "client_max_body_size", "bodies are bounded"),
    (CADDY, "header_up X-Forwarded-For {remote_host}", "a client's own word on its address is replaced"),
    (CADDY, "header_up -Forwarded", "the other header that names a client is dropped"),
    (CADDY, "flush_interval -1", "live updates leave at once"),
    (CADDY, "max_size", "bodies are bounded"),
];

/// What is missing in these texts, found by a function that reads a file of the repository.
pub fn missing(read: impl Fn(&str) -> String) -> Vec<String> {
    let absent = PROMISES.iter().filter(|(file, line, _)| !read(file).contains(line));
    absent.map(|(file, line, why)| format!("{file} lacks `{line}`: {why}")).collect()
}

/// Lets both programs read their configuration.
///
/// # Errors
///
/// What they say.
pub fn check() -> Result<()> {
    let repository = sources::repository();
    let lacking = missing(|file| fs::read_to_string(repository.join(file)).unwrap_or_default());
    if !lacking.is_empty() {
        return Err(Failure::new(lacking.join("\n")));
    }
    nginx()?;
    let caddy = provision::unpacked("caddy", "usr/bin/caddy")?;
    let mut validate = Command::new(caddy);
    validate.args(["validate", "--adapter", "caddyfile", "--config"]).arg(repository.join(CADDY));
    // It keeps what it learns below HOME.
    let told = process::capture(validate.env("HOME", super::package::scratch("caddy")?))?;
    println!("caddy: {}", told.trim());
    Ok(())
}

/// nginx wants to see a certificate and its directories; the copy names some that exist.
fn nginx() -> Result<()> {
    let program = provision::unpacked("nginx", "usr/sbin/nginx")?;
    let folder = super::package::scratch("nginx")?;
    let shown = folder.display();
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=termine.stadt.example"]);
    process::capture(openssl.args(["-keyout", "key.pem", "-out", "fullchain.pem"]).current_dir(&folder))?;
    let text = fs::read_to_string(sources::repository().join(NGINX)).during(NGINX)?;
    let text = text.replace("/etc/ssl/servicepoint", &shown.to_string()).replace("/var/log/nginx", &shown.to_string());
    fs::write(folder.join("site.conf"), text)?;
    let own = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let own = own.map(|name| format!("{name}_temp_path {shown}/{name};")).join(" ");
    let main = format!(
        "pid {shown}/pid;\nerror_log {shown}/error.log;\nevents {{}}\nhttp {{ access_log off; {own} include {shown}/site.conf; }}\n"
    );
    fs::write(folder.join("nginx.conf"), main)?;
    let mut reading = Command::new(program);
    reading.arg("-t").arg("-c").arg(folder.join("nginx.conf")).arg("-e").arg(folder.join("error.log"));
    process::run(&mut reading)
}
