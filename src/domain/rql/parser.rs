//! Tokens as a tree: the grammar of contract 4.7, read by recursive descent with a bound on depth and size.

use std::ops::Range;

use super::ast::{Constant, Expr, Operator, Path, Value};
use super::fault::Fault;
use super::lexer::{Placed, Token, lex};
use super::{DEPTH_MAX, ITEMS_MAX, NODES_MAX};

/// Reads a filter; `None` when there is none.
///
/// # Errors
/// The first place that is not RQL.
pub fn parse(text: &str) -> Result<Option<Expr>, Fault> {
    let tokens = lex(text)?;
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, nodes: 0, end: text.len() };
    let expr = parser.filter(Comma::IsAnd)?;
    match parser.peek() {
        None => Ok(Some(expr)),
        Some(_) => Err(Fault::syntax("Expression expected.", parser.span())),
    }
}

/// What a comma means where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comma {
    IsAnd,
    EndsArgument,
}

struct Parser<'a> {
    tokens: &'a [Placed],
    at: usize,
    depth: usize,
    nodes: usize,
    end: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn peek_second(&self) -> Option<&'a Token> {
        self.tokens.get(self.at + 1).map(|(token, _)| token)
    }

    /// Where the next token stands.
    fn span(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.end..self.end, |(_, span)| span.clone())
    }

    fn takes(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), Fault> {
        if self.takes(token) { Ok(()) } else { Err(Fault::syntax("Expression expected.", self.span())) }
    }

    /// Goes one bracket deeper.
    fn open(&mut self) -> Result<(), Fault> {
        let span = self.span();
        self.expect(&Token::Open)?;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let message = format!("The expression has more than {DEPTH_MAX} nested levels.");
            return Err(Fault::syntax(&message, span));
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.expect(&Token::Close)?;
        self.depth -= 1;
        Ok(())
    }

    fn count(&mut self) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            let message = format!("The expression has more than {NODES_MAX} operators.");
            return Err(Fault::syntax(&message, self.span()));
        }
        Ok(())
    }

    fn filter(&mut self, comma: Comma) -> Result<Expr, Fault> {
        let mut items = vec![self.all_of(comma)?];
        while self.takes(&Token::Or) {
            items.push(self.all_of(comma)?);
        }
        self.group(items, Expr::Or)
    }

    fn all_of(&mut self, comma: Comma) -> Result<Expr, Fault> {
        let mut items = vec![self.term()?];
        while self.takes(&Token::And) || comma == Comma::IsAnd && self.takes(&Token::Comma) {
            items.push(self.term()?);
        }
        self.group(items, Expr::And)
    }

    /// One item stands for itself.
    fn group(&mut self, mut items: Vec<Expr>, make: fn(Vec<Expr>) -> Expr) -> Result<Expr, Fault> {
        match items.pop() {
            Some(only) if items.is_empty() => Ok(only),
            last => {
                items.extend(last);
                self.count()?;
                Ok(make(items))
            }
        }
    }

    fn term(&mut self) -> Result<Expr, Fault> {
        match (self.peek(), self.peek_second()) {
            (Some(Token::Open), second) => {
                if second == Some(&Token::Close) {
                    return Err(Fault::syntax("Expression group cannot be empty.", self.span()));
                }
                self.open()?;
                let inner = self.filter(Comma::IsAnd)?;
                self.close()?;
                Ok(inner)
            }
            (Some(Token::Word(name)), Some(Token::Open)) if !name.eq_ignore_ascii_case("self") => {
                self.call(name)
            }
            (Some(Token::Word(_)), Some(Token::Open | Token::Equals)) => self.shortcut(),
            _ => Err(Fault::syntax("Expression expected.", self.span())),
        }
    }

    /// `path=value`
    fn shortcut(&mut self) -> Result<Expr, Fault> {
        self.count()?;
        let path = self.path()?;
        self.expect(&Token::Equals)?;
        let span = self.span();
        let value = self.value().map_err(|_| invalid_shortcut(&path, span))?;
        if self.peek() == Some(&Token::Equals) {
            return Err(invalid_shortcut(&path, self.span()));
        }
        Ok(Expr::Binary { operator: Operator::Eq, path, value })
    }

    fn call(&mut self, name: &str) -> Result<Expr, Fault> {
        self.count()?;
        let span = self.span();
        self.at += 1;
        self.open()?;
        let lower = name.to_ascii_lowercase();
        let operator = Operator::ALL.into_iter().find(|operator| operator.name() == lower);
        let expr = match (lower.as_str(), operator) {
            ("and", _) => Expr::And(self.arguments()?),
            ("or", _) => Expr::Or(self.arguments()?),
            ("not", _) => self.negation()?,
            ("in" | "out", _) => self.member(lower == "out")?,
            ("any" | "all", _) => self.collection(lower == "all")?,
            (_, Some(operator)) => self.binary(operator)?,
            ("null" | "empty", None) => {
                let has_none = self.peek() == Some(&Token::Close);
                let message = if has_none {
                    "Expression expected."
                } else {
                    "Constant functions cannot have arguments"
                };
                return Err(Fault::syntax(message, span));
            }
            _ => return Err(Fault::new(name, "Unknown expression group.", span)),
        };
        self.close()?;
        Ok(expr)
    }

    /// The conditions in the brackets of `and` and `or`.
    fn arguments(&mut self) -> Result<Vec<Expr>, Fault> {
        if matches!(self.peek(), Some(Token::Close | Token::Comma)) {
            return Err(Fault::syntax("Expression group cannot be empty.", self.span()));
        }
        let mut items = vec![self.filter(Comma::EndsArgument)?];
        while self.takes(&Token::Comma) {
            items.push(self.filter(Comma::EndsArgument)?);
        }
        Ok(items)
    }

    fn negation(&mut self) -> Result<Expr, Fault> {
        let wrong = |parser: &Self| Fault::syntax("Unary expression must have 1 argument", parser.span());
        if self.peek() == Some(&Token::Close) {
            return Err(wrong(self));
        }
        let inner = self.filter(Comma::EndsArgument)?;
        if self.peek() == Some(&Token::Comma) {
            return Err(wrong(self));
        }
        Ok(Expr::Not(Box::new(inner)))
    }

    fn binary(&mut self, operator: Operator) -> Result<Expr, Fault> {
        let wrong = |parser: &Self| Fault::syntax("Binary expression must have 2 arguments", parser.span());
        if self.peek() == Some(&Token::Close) {
            return Err(wrong(self));
        }
        let path = self.path()?;
        if !self.takes(&Token::Comma) || matches!(self.peek(), Some(Token::Close | Token::Comma)) {
            return Err(wrong(self));
        }
        let value = self.value()?;
        match self.peek() {
            Some(Token::Comma) => Err(wrong(self)),
            Some(Token::Equals) => Err(Fault::new(&path.dotted(), "Unsupported argument type.", self.span())),
            _ => Ok(Expr::Binary { operator, path, value }),
        }
    }

    fn member(&mut self, out: bool) -> Result<Expr, Fault> {
        if self.peek() == Some(&Token::Close) {
            return Err(Fault::syntax("Binary expression must have 2 arguments", self.span()));
        }
        let path = self.path()?;
        if self.peek() == Some(&Token::Close) {
            return Err(Fault::syntax("Binary expression must have 2 arguments", self.span()));
        }
        self.expect(&Token::Comma)?;
        if self.peek() != Some(&Token::Open) || self.peek_second() == Some(&Token::Close) {
            return Err(Fault::new(&path.dotted(), "Value has to be a non empty array.", self.span()));
        }
        self.open()?;
        let mut values = vec![self.value()?];
        while self.takes(&Token::Comma) {
            if values.len() == ITEMS_MAX {
                let message = format!("The list has more than {ITEMS_MAX} items.");
                return Err(Fault::new(&path.dotted(), message, self.span()));
            }
            values.push(self.value()?);
        }
        self.close()?;
        if self.peek() == Some(&Token::Comma) {
            return Err(Fault::syntax("Binary expression must have 2 arguments", self.span()));
        }
        Ok(Expr::Member { out, path, values })
    }

    fn collection(&mut self, all: bool) -> Result<Expr, Fault> {
        if self.peek() == Some(&Token::Close) {
            return Err(Fault::syntax("Collection expression must have at least 1 argument", self.span()));
        }
        let path = self.path()?;
        let condition =
            if self.takes(&Token::Comma) { Some(Box::new(self.filter(Comma::EndsArgument)?)) } else { None };
        if all && (condition.is_none() || self.peek() == Some(&Token::Comma)) {
            return Err(Fault::syntax("all() function must have 2 arguments", self.span()));
        }
        if self.peek() == Some(&Token::Comma) {
            return Err(Fault::syntax("any() function must have 1 or 2 arguments", self.span()));
        }
        Ok(Expr::Collection { all, path, condition })
    }

    /// `a.b`, `self(a.b)` or `self()`.
    fn path(&mut self) -> Result<Path, Fault> {
        let span = self.span();
        let Some(Token::Word(word)) = self.peek() else {
            return Err(Fault::new("filter", "Invalid property path.", span));
        };
        self.at += 1;
        if self.peek() != Some(&Token::Open) {
            return path_of(word, span);
        }
        if !word.eq_ignore_ascii_case("self") {
            return Err(Fault::path(word, span));
        }
        self.open()?;
        let path = match self.peek() {
            Some(Token::Word(word)) => {
                let span = self.span();
                self.at += 1;
                path_of(word, span)?
            }
            _ => Path { segments: Vec::new(), span },
        };
        self.close()?;
        Ok(path)
    }

    fn value(&mut self) -> Result<Value, Fault> {
        let span = self.span();
        let unsupported = Fault::syntax("Unsupported argument type.", span.clone());
        let constant = match (self.peek(), self.peek_second()) {
            (Some(Token::Word(name)), Some(Token::Open)) => {
                let constant = match name.to_ascii_lowercase().as_str() {
                    "null" => Constant::Null,
                    "empty" => Constant::Empty,
                    known if is_function(known) => return Err(unsupported),
                    _ => return Err(Fault::new(name, "Unknown expression group.", span)),
                };
                self.at += 1;
                self.open()?;
                if self.peek() != Some(&Token::Close) {
                    return Err(Fault::syntax("Constant functions cannot have arguments", self.span()));
                }
                self.close()?;
                return Ok(Value { constant, span });
            }
            (Some(Token::Quoted(text) | Token::Word(text)), _) => Constant::Text(text.clone()),
            (Some(Token::Open), _) => return Err(unsupported),
            _ => return Err(Fault::syntax("Expression expected.", span)),
        };
        self.at += 1;
        Ok(Value { constant, span })
    }
}

fn invalid_shortcut(path: &Path, span: Range<usize>) -> Fault {
    let key = path.dotted();
    Fault::new(if key.is_empty() { "self()" } else { &key }, "Invalid equals shortcut expression", span)
}

fn is_function(name: &str) -> bool {
    ["and", "or", "not", "in", "out", "any", "all", "self"].contains(&name)
        || Operator::ALL.iter().any(|operator| operator.name() == name)
}

fn path_of(word: &str, span: Range<usize>) -> Result<Path, Fault> {
    let segments: Vec<String> = word.split('.').map(str::to_owned).collect();
    let is_name = |segment: &String| {
        !segment.is_empty()
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
    };
    if segments.iter().all(is_name) { Ok(Path { segments, span }) } else { Err(Fault::path(word, span)) }
}
