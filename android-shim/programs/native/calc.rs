//! Sums, one a line: numbers, + - * / and brackets. Rust's own start reads /proc, which no service has: `main` is C's.
#![no_main]
use std::io::{self, BufRead, Write};
use std::iter::Peekable;
use std::str::Chars;

type Text<'a> = Peekable<Chars<'a>>;

fn factor(text: &mut Text) -> Result<f64, String> {
    match text.peek().copied() {
        Some('(') => {
            text.next();
            let inner = sum(text)?;
            if text.next() == Some(')') { Ok(inner) } else { Err("a bracket is missing".into()) }
        }
        Some('-') => {
            text.next();
            Ok(-factor(text)?)
        }
        _ => {
            let mut digits = String::new();
            while let Some(c) = text.peek().copied().filter(|c| c.is_ascii_digit() || *c == '.') {
                digits.push(c);
                text.next();
            }
            digits.parse().map_err(|_| format!("no number: {:?}", digits))
        }
    }
}

fn product(text: &mut Text) -> Result<f64, String> {
    let mut left = factor(text)?;
    while let Some(c) = text.peek().copied().filter(|c| *c == '*' || *c == '/') {
        text.next();
        let right = factor(text)?;
        if c == '/' && right == 0.0 {
            return Err("division by zero".into());
        }
        left = if c == '*' { left * right } else { left / right };
    }
    Ok(left)
}

fn sum(text: &mut Text) -> Result<f64, String> {
    let mut left = product(text)?;
    while let Some(c) = text.peek().copied().filter(|c| *c == '+' || *c == '-') {
        text.next();
        let right = product(text)?;
        left = if c == '+' { left + right } else { left - right };
    }
    Ok(left)
}

#[no_mangle]
pub extern "C" fn main(_count: i32, _arguments: *const *const u8) -> i32 {
    let mut out = io::BufWriter::new(io::stdout());
    for line in io::stdin().lock().lines() {
        let line = line.unwrap().replace(' ', "");
        let mut text = line.chars().peekable();
        let written = match sum(&mut text) {
            Ok(value) if text.peek().is_none() => writeln!(out, "{:.2}", value),
            Ok(_) => writeln!(out, "more than a sum"),
            Err(why) => writeln!(out, "{}", why),
        };
        written.unwrap();
    }
    out.flush().unwrap();
    0
}
