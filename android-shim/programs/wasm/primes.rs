//! Numbers, one a line, as products of primes.
use std::io::{self, BufRead};
use std::time::{Duration, Instant};

fn factors(mut number: u64) -> Vec<u64> {
    let mut found = Vec::new();
    let mut divisor = 2;
    while divisor * divisor <= number {
        while number % divisor == 0 {
            found.push(divisor);
            number /= divisor;
        }
        divisor += 1;
    }
    if number > 1 {
        found.push(number);
    }
    found
}

fn main() {
    // Clocks and sleeping are there.
    let begun = Instant::now();
    std::thread::sleep(Duration::from_millis(2));
    assert!(begun.elapsed() >= Duration::from_millis(2));
    for line in io::stdin().lock().lines() {
        let number: u64 = line.unwrap().trim().parse().expect("a number");
        let product: Vec<String> = factors(number).iter().map(u64::to_string).collect();
        println!("{number} = {}", product.join(" * "));
    }
}
