//! The questions a measurement asks through the one door, and reading what comes back.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bench::city;
use crate::bench::http::{Connection, Request, Response};
use crate::failure::{Failure, Result, While as _};

/// A place that can be wished for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The key of the office.
    pub office: String,
    /// As the search named it.
    pub starts_at: String,
}

/// What somebody looks for: a service in some offices between two days.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The key of the service.
    pub service: &'a str,
    /// The keys of the offices; all if there are none.
    pub offices: &'a [String],
    /// First and last local day; as far as the city plans if absent.
    pub days: Option<(&'a str, &'a str)>,
}

const STARTS: &str = "query($search: SearchInput!, $first: Int, $after: String) { freeStarts(search: $search, first: $first, after: $after) { \
                      nodes { officeKey team startsAt endsAt free } pageInfo { hasNextPage endCursor } } }";
const DAYS: &str = "query($search: SearchInput!) { freeDays(search: $search) { date offices { officeKey starts } } }";
const HOLD: &str = "mutation($input: HoldSlotInput!) { done: holdSlot(input: $input) { \
                    manageCode appointment { id number status startsAt endsAt } problem { code } } }";
const BOOK: &str = "mutation($input: BookAppointmentInput!) { done: bookAppointment(input: $input) { \
                    manageCode appointment { id number status startsAt endsAt } problem { code } } }";
const TOKEN: &str =
    "mutation($credentials: CredentialsInput!) { issueAccessToken(credentials: $credentials) { token problem } }";
const BOOKS: &str = "query($office: ID!, $day: Date!, $after: String) { officeAppointments(office: $office, day: $day, first: 100, after: $after) { \
                     nodes { id startsAt } pageInfo { hasNextPage endCursor } } }";

impl Search<'_> {
    /// Asks for the first free starts.
    pub fn starts(&self, first: u32) -> Request {
        question(STARTS, &json!({ "search": self.input(), "first": first }))
    }

    /// Asks which days have free starts: the month view.
    pub fn days(&self) -> Request {
        question(DAYS, &json!({ "search": self.input() }))
    }

    fn input(&self) -> Value {
        let offices: Vec<String> = self.offices.iter().map(|key| global_id("Office", key)).collect();
        let (from, to) = self.days.unzip();
        json!({ "visit": [{ "service": global_id("Service", self.service) }], "offices": offices, "from": from, "to": to })
    }
}

impl Place {
    /// Asks to hold this place for ten minutes, in a session of its own.
    pub fn hold(&self, session: &str, key: &str) -> Request {
        let input = json!({ "place": self.input(city::SHORT), "session": session, "idempotencyKey": key });
        question(HOLD, &json!({ "input": input }))
    }

    /// Asks to book this place for somebody who will confirm by mail.
    pub fn book(&self, service: &str, person: &str, key: &str) -> Request {
        let place = json!({ "start": self.input(service) });
        question(BOOK, &json!({ "input": booking(&place, "MAIL_LINK", &contact(person), key) }))
    }

    /// Asks to book this place for somebody at the counter who has no mail address.
    pub fn book_as_staff(&self, service: &str, token: &str, key: &str) -> Request {
        let place = json!({ "start": self.input(service) });
        let input = booking(&place, "STAFF", &json!({ "name": "Erika Musterfrau" }), key);
        signed_question(token, BOOK, &json!({ "input": input }))
    }

    fn input(&self, service: &str) -> Value {
        let visit = json!([{ "service": global_id("Service", service) }]);
        json!({ "office": global_id("Office", &self.office), "startsAt": self.starts_at, "visit": visit })
    }
}

/// Asks to turn a hold into a booking.
pub fn book_held(code: &str, person: &str, key: &str) -> Request {
    let input = booking(&json!({ "holdCode": code }), "MAIL_LINK", &contact(person), key);
    question(BOOK, &json!({ "input": input }))
}

fn booking(place: &Value, route: &str, contact: &Value, key: &str) -> Value {
    json!({ "place": place, "contact": contact, "route": route, "idempotencyKey": key })
}

fn contact(person: &str) -> Value {
    json!({ "name": "Erika Musterfrau", "mail": format!("{person}@example.org") })
}

/// What a hold or a booking was answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Acknowledged: the id and, for holds, the code.
    Done {
        /// The global id of the appointment.
        id: String,
        /// The code, where the asker gets one.
        code: Option<String>,
    },
    /// Refused with a code a citizen can act on, such as `SLOT_TAKEN`.
    Problem(String),
    /// The service is not available for a moment; asking again under the same key is safe.
    Unavailable,
    /// Anything else, as it came.
    Wrong(String),
}

impl Answer {
    /// Reads the answer to a hold or a booking.
    pub fn read(response: &Response) -> Self {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let done = &body["data"]["done"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let id = text(&done["appointment"]["id"]);
        let problem = text(&done["problem"]["code"]);
        match (response.status, body.get("errors"), id, problem) {
            (200, None, Some(id), None) => Self::Done { id, code: text(&done["manageCode"]) },
            (200, None, None, Some(problem)) => Self::Problem(problem),
            _ if body["errors"][0]["extensions"]["code"] == "UNAVAILABLE" => Self::Unavailable,
            _ => {
                let start: String = String::from_utf8_lossy(&response.body).chars().take(300).collect();
                Self::Wrong(format!("{} {start}", response.status))
            }
        }
    }
}

/// Whether a query was answered with data alone.
pub fn has_data(response: &Response) -> bool {
    response.status == 200 && response.body.starts_with(br#"{"data":{"#) && !names(&response.body, br#""errors":"#)
}

fn names(body: &[u8], words: &[u8]) -> bool {
    body.windows(words.len()).any(|window| window == words)
}

/// A question as everybody asks it.
pub fn question(document: &str, variables: &Value) -> Request {
    Request::post_json("/graphql", &[], &json!({ "query": document, "variables": variables }).to_string())
}

/// A question as somebody who has signed in asks it.
pub fn signed_question(token: &str, document: &str, variables: &Value) -> Request {
    let body = json!({ "query": document, "variables": variables }).to_string();
    Request::post_json("/graphql", &[&format!("Authorization: Bearer {token}")], &body)
}

/// Somebody who asks one question after the other.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    connection: Connection,
    last_used: Instant,
}

/// The server closes connections that nobody uses; well before that a client opens a new one.
const IDLE: Duration = Duration::from_secs(5);

impl Client {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If nobody listens.
    pub fn open(address: SocketAddr) -> Result<Self> {
        Ok(Self { address, connection: Connection::open(address).during("connecting")?, last_used: Instant::now() })
    }

    /// Sends a request and gives the data of the answer.
    ///
    /// # Errors
    ///
    /// If the answer carries an error.
    pub fn ask(&mut self, request: &Request) -> Result<Value> {
        if self.last_used.elapsed() > IDLE {
            *self = Self::open(self.address)?;
        }
        let response = self.connection.exchange(request)?;
        self.last_used = Instant::now();
        let mut body: Value = serde_json::from_slice(&response.body).during("reading an answer")?;
        if response.status != 200 || body.get("errors").is_some() {
            return Err(Failure::new(format!("the server answered {}: {body}", response.status)));
        }
        Ok(body["data"].take())
    }

    /// The local days on which an office has a free start, ascending.
    ///
    /// # Errors
    ///
    /// As [`Client::ask`].
    pub fn days(&mut self, office: &str) -> Result<Vec<String>> {
        let offices = [office.to_owned()];
        let data = self.ask(&Search { service: city::SHORT, offices: &offices, days: None }.days())?;
        let days = data["freeDays"].as_array().into_iter().flatten();
        Ok(days.filter_map(|day| day["date"].as_str().map(str::to_owned)).collect())
    }

    /// All free starts of an office between two local days, both included, each with how many are free.
    ///
    /// # Errors
    ///
    /// As [`Client::ask`].
    pub fn free(&mut self, office: &str, days: (&str, &str)) -> Result<Vec<(String, u64)>> {
        let offices = [office.to_owned()];
        let search = Search { service: city::SHORT, offices: &offices, days: Some(days) }.input();
        let mut all = Vec::new();
        self.pages("freeStarts", STARTS, json!({ "search": search, "first": 100 }), None, |node| {
            if let (Some(start), Some(free)) = (node["startsAt"].as_str(), node["free"].as_u64()) {
                all.push((start.to_owned(), free));
            }
        })?;
        Ok(all)
    }

    /// An access token of the lead of an office.
    ///
    /// # Errors
    ///
    /// If the lead cannot sign in.
    pub fn token(&mut self, office: &str) -> Result<String> {
        let credentials = json!({ "login": city::lead_of(office), "password": city::password_of(office) });
        let data = self.ask(&question(TOKEN, &json!({ "credentials": credentials })))?;
        let token = data["issueAccessToken"]["token"].as_str().map(str::to_owned);
        token.ok_or_else(|| Failure::new(format!("the lead of {office} cannot sign in: {data}")))
    }

    /// The live appointments of an office on a local day: id and start.
    ///
    /// # Errors
    ///
    /// As [`Client::ask`].
    pub fn books(&mut self, token: &str, office: &str, day: &str) -> Result<Vec<(String, String)>> {
        let variables = json!({ "office": global_id("Office", office), "day": day });
        let mut all = Vec::new();
        self.pages("officeAppointments", BOOKS, variables, Some(token), |node| {
            if let (Some(id), Some(start)) = (node["id"].as_str(), node["startsAt"].as_str()) {
                all.push((id.to_owned(), start.to_owned()));
            }
        })?;
        Ok(all)
    }

    fn pages(
        &mut self,
        field: &str,
        document: &str,
        mut variables: Value,
        token: Option<&str>,
        mut take: impl FnMut(&Value),
    ) -> Result<()> {
        loop {
            let request = match token {
                Some(token) => signed_question(token, document, &variables),
                None => question(document, &variables),
            };
            let data = self.ask(&request)?;
            let page = &data[field];
            page["nodes"].as_array().into_iter().flatten().for_each(&mut take);
            if page["pageInfo"]["hasNextPage"] != true {
                return Ok(());
            }
            variables["after"] = page["pageInfo"]["endCursor"].clone();
        }
    }
}

/// Relay's global id: kind and key in base64url without padding.
pub fn global_id(kind: &str, key: &str) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let sign = |bits: u32| char::from(SIGNS[(bits & 63) as usize]);
    let encode = |part: &[u8]| -> String {
        let bytes = [0, 1, 2].map(|index| u32::from(part.get(index).copied().unwrap_or(0)));
        let bits = bytes[0] << 16 | bytes[1] << 8 | bytes[2];
        [18, 12, 6, 0].iter().take(part.len() + 1).map(|shift| sign(bits >> shift)).collect()
    };
    format!("{kind}:{key}").as_bytes().chunks(3).map(encode).collect()
}

#[cfg(test)]
mod tests {
    use crate::bench::graphql::{Answer, global_id, has_data};
    use crate::bench::http::Response;

    fn response(status: u16, body: &str) -> Response {
        Response { status, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn makes_ids_as_the_door_does() {
        assert_eq!(global_id("Office", "aegi"), "T2ZmaWNlOmFlZ2k");
        assert_eq!(global_id("Service", "short"), "U2VydmljZTpzaG9ydA");
        assert_eq!(global_id("A", "?>~"), "QTo_Pn4");
    }

    #[test]
    fn tells_done_refused_and_wrong_apart() {
        let done = r#"{"data":{"done":{"manageCode":null,"appointment":{"id":"a"},"problem":null}}}"#;
        assert_eq!(Answer::read(&response(200, done)), Answer::Done { id: "a".into(), code: None });
        let taken = r#"{"data":{"done":{"appointment":null,"problem":{"code":"SLOT_TAKEN"}}}}"#;
        assert_eq!(Answer::read(&response(200, taken)), Answer::Problem("SLOT_TAKEN".into()));
        let unavailable = r#"{"data":{"done":null},"errors":[{"extensions":{"code":"UNAVAILABLE"}}]}"#;
        assert_eq!(Answer::read(&response(200, unavailable)), Answer::Unavailable);
        for (status, body) in [(200, r#"{"data":null,"errors":[]}"#), (503, done), (200, "not JSON"), (200, "{}")] {
            assert!(matches!(Answer::read(&response(status, body)), Answer::Wrong(_)), "{status} {body}");
        }
    }

    #[test]
    fn data_beside_errors_is_not_enough() {
        assert!(has_data(&response(200, r#"{"data":{"freeDays":[]}}"#)));
        assert!(!has_data(&response(200, r#"{"data":{"a":1},"errors":[{}]}"#)));
        assert!(!has_data(&response(200, r#"{"data":null}"#)));
        assert!(!has_data(&response(500, r#"{"data":{"a":1}}"#)));
    }
}
