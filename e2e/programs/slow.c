// Counts for a while and writes a number: long enough to be killed in the middle. Input: how many million rounds.
#include <stdint.h>
#include <unistd.h>

int main(void) {
    char text[16];
    ssize_t got = read(0, text, sizeof text);
    uint64_t millions = 0;
    for (ssize_t i = 0; i < got && text[i] >= '0' && text[i] <= '9'; i++) millions = millions * 10 + (uint64_t)(text[i] - '0');
    volatile uint64_t state = 1;
    for (uint64_t round = 0; round < millions * 1000000; round++) state = state * 6364136223846793005u + 1442695040888963407u;
    char digits[24];
    int at = sizeof digits;
    for (uint64_t left = state; left > 0; left /= 10) digits[--at] = (char)('0' + left % 10);
    return write(1, digits + at, sizeof digits - (size_t)at) > 0 ? 0 : 1;
}
