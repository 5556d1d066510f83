//! One measured figure: its value, what it is compared with, and whether the promise holds.

use serde::Serialize;

/// What a promise bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    AtMost,
    AtLeast,
    Exactly,
    Nothing,
}

/// One line of `cargo xtask bench`. In JSON: `name, value, unit, reference, target, ratio, holds`.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// For example `start-up.sqlite`.
    pub name: String,
    /// As measured, in `unit`.
    pub value: f64,
    /// For example `s`, `MiB`, `requests/s`.
    pub unit: &'static str,
    /// What the value is compared with, in the same unit and from the same run; none if the target is absolute.
    pub reference: Option<f64>,
    /// The bound: of `ratio` if there is a reference, else of `value`; none if nothing is promised.
    pub target: Option<f64>,
    /// `value / reference`; without a reference `value / target`; none if there is neither.
    pub ratio: Option<f64>,
    /// Whether the bound is kept.
    pub holds: bool,
    #[serde(skip)]
    bound: Bound,
}

impl Figure {
    /// The value itself must not pass `target`: 0.4 s of at most 1 s.
    pub fn at_most(name: impl Into<String>, value: f64, unit: &'static str, target: f64) -> Self {
        Self::new(name, value, unit, None, Some(target), Bound::AtMost)
    }

    /// The value itself must reach `target`.
    pub fn at_least(name: impl Into<String>, value: f64, unit: &'static str, target: f64) -> Self {
        Self::new(name, value, unit, None, Some(target), Bound::AtLeast)
    }

    /// The value must be this one: nothing lost, one winner.
    pub fn exactly(name: impl Into<String>, value: f64, unit: &'static str, target: f64) -> Self {
        Self::new(name, value, unit, None, Some(target), Bound::Exactly)
    }

    /// A value to be known, about which nothing is promised.
    pub fn known(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self::new(name, value, unit, None, None, Bound::Nothing)
    }

    /// The value must be at least this share of a reference from the same run: 60 % of what pgbench reaches.
    pub fn share_of(name: impl Into<String>, value: f64, unit: &'static str, reference: f64, share: f64) -> Self {
        Self::new(name, value, unit, Some(reference), Some(share), Bound::AtLeast)
    }

    /// The value must be at most this many times a reference from the same run.
    pub fn times_of(name: impl Into<String>, value: f64, unit: &'static str, reference: f64, times: f64) -> Self {
        Self::new(name, value, unit, Some(reference), Some(times), Bound::AtMost)
    }

    fn new(
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        reference: Option<f64>,
        target: Option<f64>,
        bound: Bound,
    ) -> Self {
        // Nothing of nothing is all of it, not no number: `0 of exactly 0`.
        let share = |of: f64| if (value - of).abs() < f64::EPSILON { 1.0 } else { value / of };
        let ratio = reference.or(target).map(share);
        let bounded = reference.map_or(value, |reference| value / reference);
        let holds = target.is_none_or(|target| match bound {
            Bound::AtMost => bounded <= target,
            Bound::AtLeast => bounded >= target,
            Bound::Exactly => (bounded - target).abs() < f64::EPSILON,
            Bound::Nothing => true,
        });
        Self { name: name.into(), value, unit, reference, target, ratio, holds, bound }
    }

    /// The promise in signs: `<= 1 s`, `>= 0.6 of 4000 requests/s`.
    pub fn promise(&self) -> String {
        let sign = match self.bound {
            Bound::AtMost => "<=",
            Bound::AtLeast => ">=",
            Bound::Exactly | Bound::Nothing => "=",
        };
        match (self.target, self.reference) {
            (None, _) => "-".to_owned(),
            (Some(target), None) => format!("{sign} {} {}", number(target), self.unit),
            (Some(target), Some(reference)) => {
                format!("{sign} {} of {} {}", number(target), number(reference), self.unit)
            }
        }
    }

    /// The ratio with two decimals, or a dash.
    pub fn ratio_text(&self) -> String {
        self.ratio.filter(|ratio| ratio.is_finite()).map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
    }

    /// One line of JSON.
    ///
    /// # Panics
    ///
    /// Never: numbers and texts are always JSON.
    pub fn as_json(&self) -> String {
        serde_json::to_string(self).expect("numbers and texts are always JSON")
    }

    /// One line of a table for people.
    pub fn as_row(&self) -> String {
        let verdict = if self.holds { "holds " } else { "MISSED" };
        let value = format!("{} {}", number(self.value), self.unit);
        format!("{verdict}  {:<62} {value:>18}   {:<34} ratio {}", self.name, self.promise(), self.ratio_text())
    }
}

/// The names of the figures that miss their target.
pub fn missed(figures: &[Figure]) -> impl Iterator<Item = &str> {
    figures.iter().filter(|figure| !figure.holds).map(|figure| figure.name.as_str())
}

/// Three significant digits are as much as a measurement on a shared machine can say.
pub fn number(value: f64) -> String {
    let whole_digits = value.abs().log10().floor() + 1.0;
    let decimals = (3.0 - whole_digits).clamp(0.0, 4.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use crate::bench::figure::{Figure, missed, number};

    #[test]
    fn says_whether_the_promise_holds() {
        assert!(Figure::at_most("a", 0.4, "s", 1.0).holds);
        assert!(!Figure::at_most("a", 1.1, "s", 1.0).holds);
        assert!(!Figure::at_least("a", 9.0, "/s", 10.0).holds);
        assert!(Figure::share_of("a", 2_730.0, "/s", 4_000.0, 0.6).holds);
        assert!(!Figure::share_of("a", 2_000.0, "/s", 4_000.0, 0.6).holds);
        assert!(!Figure::times_of("a", 5.0, "ms", 2.0, 2.0).holds);
        assert!(Figure::exactly("a", 500.0, "places", 500.0).holds && Figure::exactly("a", 0.0, "places", 0.0).holds);
        assert!(!Figure::exactly("a", 501.0, "places", 500.0).holds && !Figure::exactly("a", 1.0, "", 0.0).holds);
        assert!(Figure::known("a", 1_500.0, "/s").holds);
        let figures = [Figure::at_most("kept", 1.0, "s", 1.0), Figure::at_most("broken", 2.0, "s", 1.0)];
        assert_eq!(missed(&figures).collect::<Vec<_>>(), ["broken"]);
    }

    #[test]
    fn a_figure_without_a_number_never_holds() {
        assert!(!Figure::at_most("a", f64::NAN, "s", 1.0).holds);
        assert!(!Figure::share_of("a", 1.0, "/s", f64::NAN, 0.6).holds);
    }

    #[test]
    fn writes_json_with_the_seven_fields() {
        let json = Figure::share_of("book.postgres", 3.0, "/s", 4.0, 0.5).as_json();
        let expected = r#"{"name":"book.postgres","value":3.0,"unit":"/s","reference":4.0,"target":0.5,"ratio":0.75,"holds":true}"#;
        assert_eq!(json, expected);
        let json = Figure::known("book.sqlite", 3.0, "/s").as_json();
        let expected = r#"{"name":"book.sqlite","value":3.0,"unit":"/s","reference":null,"target":null,"ratio":null,"holds":true}"#;
        assert_eq!(json, expected);
    }

    #[test]
    fn writes_three_significant_digits() {
        assert_eq!(number(0.123_456), "0.123");
        assert_eq!(number(1.0), "1");
        assert_eq!(number(12.345), "12.3");
        assert_eq!(number(4_000.0), "4000");
        assert_eq!(number(0.0), "0");
    }
}
