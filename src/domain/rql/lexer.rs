//! A filter's text as tokens.

use std::ops::Range;

use super::fault::Fault;

/// A piece of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    Comma,
    /// `&`
    And,
    /// `;` or `|`
    Or,
    Equals,
    /// Anything else, without the white space around it.
    Word(String),
    /// What stood between two quotes of a kind.
    Quoted(String),
}

/// A token and its place, bytes.
pub(super) type Placed = (Token, Range<usize>);

/// Cuts `text` up. A quote is one only where a word could begin: in `O'Brien` it is a letter.
pub(super) fn lex(text: &str) -> Result<Vec<Placed>, Fault> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let at = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return Ok(tokens);
        };
        let length = match (single(first), first) {
            (Some(token), _) => {
                tokens.push((token, at..at + 1));
                1
            }
            (None, '"' | '\'') => {
                let inner = rest.get(1..).unwrap_or_default();
                let Some(end) = inner.find(first) else {
                    return Err(Fault::syntax("A quoted text has no end.", at..text.len()));
                };
                let after = inner.get(end + 1..).unwrap_or_default().trim_start().chars().next();
                if after.is_some_and(|next| single(next).is_none()) {
                    let message = "A quoted text has to be followed by a bracket, a comma or an operator.";
                    return Err(Fault::syntax(message, at..at + end + 2));
                }
                tokens
                    .push((Token::Quoted(inner.get(..end).unwrap_or_default().to_owned()), at..at + end + 2));
                end + 2
            }
            (None, _) => {
                let end = rest.find(|c| single(c).is_some()).unwrap_or(rest.len());
                let word = rest.get(..end).unwrap_or_default().trim_end();
                tokens.push((Token::Word(word.to_owned()), at..at + word.len()));
                end
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// The tokens of one character.
pub(super) const fn single(c: char) -> Option<Token> {
    Some(match c {
        '(' => Token::Open,
        ')' => Token::Close,
        ',' => Token::Comma,
        '&' => Token::And,
        ';' | '|' => Token::Or,
        '=' => Token::Equals,
        _ => return None,
    })
}
