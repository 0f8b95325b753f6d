//! SHA-256, written out (FIPS 180-4).
#![no_main]
use std::io::{self, Read};

fn primes() -> impl Iterator<Item = u32> {
    (2u32..).filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0))
}

/// The first 32 bits of the root's fraction, found by bisection in whole numbers.
fn root(n: u32, power: u32) -> u32 {
    let (mut low, mut high) = (0u128, 1u128 << 36);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if middle.pow(power) <= (n as u128) << (32 * power) { low = middle } else { high = middle }
    }
    low as u32
}

fn block(state: &mut [u32; 8], bytes: &[u8], keys: &[u32]) {
    let mut w: Vec<u32> = bytes.chunks(4).map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]])).collect();
    for i in 16..64 {
        let (a, b) = (w[i - 15], w[i - 2]);
        let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        w.push(w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1));
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for i in 0..64 {
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let one = h.wrapping_add(s1).wrapping_add((e & f) ^ (!e & g)).wrapping_add(keys[i]).wrapping_add(w[i]);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let two = s0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(one), c, b, a, one.wrapping_add(two));
    }
    for (s, v) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *s = s.wrapping_add(v);
    }
}

#[no_mangle]
pub extern "C" fn main(_count: i32, _arguments: *const *const u8) -> i32 {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes).unwrap();
    let bits = bytes.len() as u64 * 8;
    bytes.push(0x80);
    bytes.resize((bytes.len() + 8 + 63) / 64 * 64 - 8, 0);
    bytes.extend(bits.to_be_bytes());
    let keys: Vec<u32> = primes().take(64).map(|n| root(n, 3)).collect();
    let mut state = [0u32; 8];
    for (s, n) in state.iter_mut().zip(primes()) {
        *s = root(n, 2);
    }
    bytes.chunks(64).for_each(|chunk| block(&mut state, chunk, &keys));
    println!("{}", state.iter().map(|s| format!("{:08x}", s)).collect::<String>());
    0
}
