//! Geometry of the small charts. The template draws rectangles; here is where they stand.
//!
//! Text beside a chart is HTML, only the bars are SVG and may be stretched. A failure is never too small to
//! see, and nothing at all is a line at the bottom.

use std::fmt;

use crate::web::text;

/// A length in the chart's own units, printed with at most one digit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Px(pub f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() / 10.0;
        write!(f, "{tenths}")
    }
}

/// One rectangle.
#[derive(Debug, Clone, PartialEq)]
pub struct Rect {
    /// Its fill: `fill-ok`, `fill-fail`, …
    pub class: &'static str,
    /// Whether a hatch lies on top, so that failures differ in more than colour.
    pub hatched: bool,
    /// Left edge.
    pub x: Px,
    /// Upper edge.
    pub y: Px,
    /// Width.
    pub width: Px,
    /// Height.
    pub height: Px,
}

impl Rect {
    fn path(&self) -> String {
        let Self { x, y, width, height, .. } = self;
        format!("M{x} {y}h{width}v{height}h-{width}z")
    }
}

/// Attempts of one bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Those that succeeded.
    pub delivered: u64,
    /// Those that failed, whether another followed or not.
    pub failed: u64,
}

impl Counts {
    const fn total(self) -> u64 {
        self.delivered + self.failed
    }

    fn words(self) -> String {
        let mut words = format!("{} delivered", text::count(self.delivered));
        if self.failed > 0 {
            words.push_str(&format!(", {} failed", text::count(self.failed)));
        }
        words
    }
}

/// Twelve to twenty-four small bars in a table row.
#[derive(Debug, Clone, PartialEq)]
pub struct Spark {
    /// What a screen reader says: "Dispatch hub, last 24 hours: 4,212 delivered, 127 not".
    pub label: String,
    /// The bars.
    pub rects: Vec<Rect>,
}

impl Spark {
    const WIDTH: f64 = 120.0;
    const HEIGHT: f64 = 24.0;
    const FAILURE_MIN: f64 = 2.0;

    /// Bars of `hours`: delivered and not delivered, oldest first. `name` is the row's own name.
    pub fn new(name: &str, hours: &[(u64, u64)]) -> Self {
        let most = hours.iter().map(|(ok, bad)| ok + bad).max().unwrap_or(0);
        let step = Self::WIDTH / hours.len().max(1) as f64;
        let (x, width) = (|at: usize| Px(at as f64 * step), Px(step - 1.0));
        let mut rects = Vec::with_capacity(hours.len() * 2);
        for (at, &(ok, bad)) in hours.iter().enumerate() {
            if ok + bad == 0 {
                let (y, height) = (Px(Self::HEIGHT - 1.0), Px(1.0));
                rects.push(Rect { class: "fill-zero", hatched: false, x: x(at), y, width, height });
                continue;
            }
            let bad_height = share(bad, most, Self::HEIGHT - 1.0, Self::FAILURE_MIN);
            let ok_height = share(ok, most, Self::HEIGHT - 1.0, 1.0).min(Self::HEIGHT - bad_height);
            if ok > 0 {
                let y = Px(Self::HEIGHT - ok_height);
                rects.push(Rect {
                    class: "fill-ok",
                    hatched: false,
                    x: x(at),
                    y,
                    width,
                    height: Px(ok_height),
                });
            }
            if bad > 0 {
                let y = Px(Self::HEIGHT - ok_height - bad_height);
                rects.push(Rect {
                    class: "fill-fail",
                    hatched: false,
                    x: x(at),
                    y,
                    width,
                    height: Px(bad_height),
                });
            }
        }
        let (ok, bad) = hours.iter().fold((0, 0), |sum, hour| (sum.0 + hour.0, sum.1 + hour.1));
        let label = format!("{name}, last 24 hours: {} delivered, {} not", text::count(ok), text::count(bad));
        Self { label, rects }
    }

    /// The bars as one path for each fill, which is a third of the bytes in a list of many rows.
    pub fn paths(&self) -> Vec<(&'static str, String)> {
        paths(self.rects.iter())
    }
}

/// One path for each fill.
fn paths<'r>(rects: impl Iterator<Item = &'r Rect>) -> Vec<(&'static str, String)> {
    let mut paths: Vec<(&'static str, String)> = Vec::new();
    for rect in rects {
        match paths.iter_mut().find(|(known, _)| *known == rect.class) {
            Some((_, path)) => path.push_str(&rect.path()),
            None => paths.push((rect.class, rect.path())),
        }
    }
    paths
}

/// Stacked bars over time; each bar is a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Unique in the page; names the hatch.
    pub id: &'static str,
    /// What a screen reader says first: "Deliveries per hour, last 24 hours".
    pub label: String,
    /// Width of the drawing in its own units.
    pub width: Px,
    /// Labels of the vertical axis, top to bottom, and where their lines are.
    pub axis: Vec<(String, Px)>,
    /// The bars, oldest first.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What it shows in words: "13:00: 637 delivered, 2 failed".
    pub label: String,
    /// The deliveries behind it.
    pub url: String,
    /// Where its full-height target begins.
    pub x: Px,
    /// The segments, bottom first.
    pub rects: Vec<Rect>,
    /// Text below, on the bars that have one.
    pub tick: String,
}

/// One bar's raw material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarInput {
    /// Its time in words: "13:00".
    pub name: String,
    /// The deliveries behind it.
    pub url: String,
    /// Text below; empty for none.
    pub tick: String,
    /// What to stack.
    pub counts: Counts,
}

impl Bars {
    /// Height of the drawing in its own units; the style sheet shows it at this height in pixels.
    pub const HEIGHT: f64 = 140.0;
    const STEP: f64 = 20.0;
    const BAR: f64 = 15.0;
    const SEGMENT_MIN: f64 = 3.0;

    /// Bars of `input`, oldest first.
    pub fn new(id: &'static str, label: impl Into<String>, input: Vec<BarInput>) -> Self {
        Self::stacked(id, label, input.into_iter().map(|bar| (bar, 0)).collect())
    }

    /// The same, each with deliveries that were not sent on top.
    pub fn stacked(id: &'static str, label: impl Into<String>, input: Vec<(BarInput, u64)>) -> Self {
        let most = input.iter().map(|(bar, not_sent)| bar.counts.total() + not_sent).max().unwrap_or(0);
        let (top, lines) = axis(most);
        let width = Px(Self::STEP * input.len() as f64);
        let axis = (0..=lines)
            .map(|line| {
                let value = top / lines * (lines - line);
                (text::count(value), Px(Self::HEIGHT * line as f64 / lines as f64))
            })
            .collect();
        let bars = input.into_iter().enumerate();
        let bars = bars.map(|(at, (bar, not_sent))| Self::bar(at, bar, not_sent, top)).collect();
        Self { id, label: label.into(), width, axis, bars }
    }

    /// The bars as one path for each fill: a month of bars fits a page with tables beside it.
    pub fn paths(&self) -> Vec<(&'static str, String)> {
        paths(self.bars.iter().flat_map(|bar| &bar.rects))
    }

    /// What lies under the hatch; empty for nothing.
    pub fn hatched(&self) -> String {
        let all = self.bars.iter().flat_map(|bar| &bar.rects);
        all.filter(|rect| rect.hatched).map(Rect::path).collect()
    }

    fn bar(at: usize, input: BarInput, not_sent: u64, top: u64) -> Bar {
        let x = at as f64 * Self::STEP;
        let mut y = Self::HEIGHT;
        let mut rects = Vec::new();
        let counts = input.counts;
        for (number, class, hatched) in [
            (counts.delivered, "fill-ok", false),
            (counts.failed, "fill-fail", true),
            (not_sent, "fill-held", false),
        ] {
            if number == 0 {
                continue;
            }
            let height = share(number, top, Self::HEIGHT, Self::SEGMENT_MIN);
            y -= height;
            // One unit of air below every segment but the lowest.
            let gap = if rects.is_empty() { 0.0 } else { 1.0 };
            let inset = (Self::STEP - Self::BAR) / 2.0;
            let (x, width, height) = (Px(x + inset), Px(Self::BAR), Px(height - gap));
            rects.push(Rect { class, hatched, x, y: Px(y), width, height });
        }
        let mut label = format!("{}: {}", input.name, counts.words());
        if not_sent > 0 {
            label.push_str(&format!(", {} not sent", text::count(not_sent)));
        }
        Bar { label, url: input.url, x: Px(x), rects, tick: input.tick }
    }
}

/// A round number not below `most`, and into how many equal steps to cut it.
fn axis(most: u64) -> (u64, u64) {
    let mut unit = 1;
    loop {
        for (factor, lines) in [(3, 3), (4, 4), (6, 3), (8, 4), (10, 5), (15, 3), (20, 4)] {
            if unit * factor >= most {
                return (unit * factor, lines);
            }
        }
        unit *= 10;
    }
}

/// The height of `part` where `whole` is `height` high; at least `min` when there is anything.
fn share(part: u64, whole: u64, height: f64, min: f64) -> f64 {
    if part == 0 || whole == 0 { 0.0 } else { (part as f64 / whole as f64 * height).max(min) }
}

/// Where the time of one attempt went.
#[derive(Debug, Clone, PartialEq)]
pub struct Phases {
    /// What a screen reader says: "Where the 1.22 s went".
    pub label: String,
    /// The phases that were reached, in order.
    pub phases: Vec<Phase>,
}

/// One phase.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// Its name: "DNS", "Connect", "TLS", "Wait", "Read".
    pub name: &'static str,
    /// How long: "33 ms".
    pub value: String,
    /// Its shade: grey for the way there, the accent for the receiver's own time.
    pub class: &'static str,
    /// Its shade's strength.
    pub opacity: &'static str,
    /// Left edge in a drawing 1000 wide.
    pub x: Px,
    /// Width.
    pub width: Px,
}

impl Phases {
    /// The phases in order; `None` for those that were not reached. Microseconds.
    pub fn new(micros: [Option<u64>; 5]) -> Self {
        const KINDS: [(&str, &str, &str); 5] = [
            ("DNS", "fill-quiet", "0.4"),
            ("Connect", "fill-quiet", "0.65"),
            ("TLS", "fill-quiet", "1"),
            ("Wait", "fill-main", "1"),
            ("Read", "fill-main", "0.5"),
        ];
        const GAP: f64 = 2.0;
        let reached: Vec<_> =
            KINDS.iter().zip(micros).filter_map(|(kind, time)| Some((kind, time?))).collect();
        let total: u64 = reached.iter().map(|(_, time)| time).sum();
        // Every phase keeps a visible sliver; the rest is shared by time.
        let sliver = 4.0;
        let room = 1000.0 - reached.len() as f64 * sliver - reached.len().saturating_sub(1) as f64 * GAP;
        let mut x = 0.0;
        let phases = reached
            .into_iter()
            .map(|(&(name, class, opacity), time)| {
                let width = sliver + if total == 0 { 0.0 } else { room * time as f64 / total as f64 };
                let phase = Phase { name, value: millis(time), class, opacity, x: Px(x), width: Px(width) };
                x += width + GAP;
                phase
            })
            .collect();
        Self { label: format!("Where the {} went", text::duration(total / 1_000)), phases }
    }
}

fn millis(micros: u64) -> String {
    if micros > 0 && micros < 1_000 { "<\u{a0}1\u{a0}ms".to_owned() } else { text::duration(micros / 1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_failure_is_visible_and_nothing_overflows() {
        let spark = Spark::new("Driver app", &[(10_000, 1), (0, 0), (0, 3)]);
        assert_eq!(spark.label, "Driver app, last 24 hours: 10,000 delivered, 4 not");
        let classes: Vec<_> = spark.rects.iter().map(|rect| rect.class).collect();
        assert_eq!(classes, ["fill-ok", "fill-fail", "fill-zero", "fill-fail"]);
        for rect in &spark.rects {
            assert!(rect.y.0 >= 0.0 && rect.y.0 + rect.height.0 <= 24.0, "{rect:?}");
            assert!(rect.class != "fill-fail" || rect.height.0 >= 2.0);
        }
        let paths = spark.paths();
        assert_eq!(
            paths.iter().map(|(class, _)| *class).collect::<Vec<_>>(),
            ["fill-ok", "fill-fail", "fill-zero"]
        );
        assert_eq!(paths[2].1, "M40 23h39v1h-39z");
    }

    #[test]
    fn axes_are_round() {
        for (most, top) in
            [(0, 3), (3, 3), (5, 6), (773, 800), (4_455, 6_000), (9_000, 10_000), (11_000, 15_000)]
        {
            assert_eq!(axis(most).0, top, "{most}");
            assert_eq!(axis(most).0 % axis(most).1, 0);
        }
    }

    #[test]
    fn bars_say_what_they_show() {
        let counts = Counts { delivered: 637, failed: 2 };
        let input = BarInput { name: "13:00".into(), url: "?x".into(), tick: String::new(), counts };
        let bars = Bars::new("hours", "Deliveries per hour", vec![input]);
        assert_eq!(bars.bars[0].label, "13:00: 637 delivered, 2 failed");
        assert_eq!(bars.bars[0].rects.len(), 2);
        assert!(bars.bars[0].rects[1].hatched);
        assert_eq!(bars.axis.first().unwrap().0, "800");
        assert_eq!(bars.axis.last().unwrap(), &("0".to_owned(), Px(140.0)));
    }

    #[test]
    fn what_was_not_sent_stands_on_top() {
        let counts = Counts { delivered: 6, failed: 2 };
        let input = BarInput { name: "Mon".into(), url: "?x".into(), tick: String::new(), counts };
        let bars = Bars::stacked("days", "Deliveries per day", vec![(input, 2)]);
        assert_eq!(bars.bars[0].label, "Mon: 6 delivered, 2 failed, 2 not sent");
        let classes: Vec<_> = bars.bars[0].rects.iter().map(|rect| rect.class).collect();
        assert_eq!(classes, ["fill-ok", "fill-fail", "fill-held"]);
        let (paths, failed) = (bars.paths(), &bars.bars[0].rects[1]);
        assert_eq!(paths.iter().map(|(class, _)| *class).collect::<Vec<_>>(), classes);
        assert_eq!((paths[1].1.as_str(), bars.hatched()), (failed.path().as_str(), failed.path()));
        assert_eq!(bars.axis.first().unwrap().0, "10");
    }

    #[test]
    fn phases_fill_the_bar() {
        let phases = Phases::new([Some(4_000), Some(21_000), Some(33_000), Some(1_158_000), None]);
        assert_eq!(phases.phases.len(), 4);
        let last = phases.phases.last().unwrap();
        assert!((last.x.0 + last.width.0 - 1000.0).abs() < 0.01);
        assert_eq!(phases.label, "Where the 1.21\u{a0}s went");
    }
}
