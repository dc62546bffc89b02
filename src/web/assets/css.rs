//! Makes a style sheet smaller without understanding it: comments go, white space shrinks.
//!
//! Touches nothing inside strings and `url(…)`, and never removes the spaces that carry meaning: between
//! selectors (`a b`), around `+` and `-` in calculations, before a colon (`a :hover`).

/// `css` without comments and without white space that means nothing.
pub fn minified(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    let mut space = false;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
            space = true;
            continue;
        }
        if next.is_whitespace() {
            rest = &rest[next.len_utf8()..];
            space = true;
            continue;
        }
        if space && needs_space(out.chars().next_back(), next) {
            out.push(' ');
        }
        space = false;
        if next == '}' && out.ends_with(';') {
            out.pop();
        }
        let taken = verbatim(rest).unwrap_or(next.len_utf8());
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out
}

/// Whether the white space between two characters separates something.
fn needs_space(before: Option<char>, after: char) -> bool {
    before.is_some_and(|before| !"{};,:>(".contains(before)) && !"{};,>)".contains(after)
}

/// Length of the string or `url(…)` that `text` begins with, if it begins with one.
fn verbatim(text: &str) -> Option<usize> {
    let end = match text.as_bytes().first()? {
        quote @ (b'"' | b'\'') => text[1..].find(char::from(*quote)).map(|at| at + 2),
        b'u' if text.starts_with("url(") => text.find(')').map(|at| at + 1),
        _ => return None,
    };
    Some(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_that_means_something_stays() {
        for (given, wanted) in [
            ("a { color: red; }", "a{color:red}"),
            ("a b > c , d { margin: 0 auto; }", "a b>c,d{margin:0 auto}"),
            ("a :hover{}", "a :hover{}"),
            ("p { width: calc(100% + 4px); }", "p{width:calc(100% + 4px)}"),
            ("@media (max-width: 9px) and (x) { a {} }", "@media (max-width:9px) and (x){a{}}"),
            ("a/* ; */b { }", "a b{}"),
            ("a::before { content: \"/* ; \\2014 */  \"; }", "a::before{content:\"/* ; \\2014 */  \"}"),
            ("a { background: url(x y.svg) no-repeat; }", "a{background:url(x y.svg) no-repeat}"),
            (".a { } .b { }", ".a{}.b{}"),
            ("a { font: 400 var(--fs)/1.4 var(--s); }", "a{font:400 var(--fs)/1.4 var(--s)}"),
            ("i:not([t=c], [t=r]) , b {}", "i:not([t=c],[t=r]),b{}"),
            ("/* never closed", ""),
        ] {
            assert_eq!(minified(given), wanted);
        }
    }
}
