// A system of linear equations, by elimination with pivots. Input: n, then n rows of n + 1 numbers.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  int n;
  if (scanf("%d", &n) != 1 || n < 1 || n > 500) return 1;
  double *a = malloc(sizeof(double) * (size_t)n * (size_t)(n + 1));
  if (a == NULL) return 2;
#define A(r, c) a[(r) * (n + 1) + (c)]
  for (int i = 0; i < n * (n + 1); i++)
    if (scanf("%lf", &a[i]) != 1) return 3;
  for (int p = 0; p < n; p++) {
    int best = p;
    for (int r = p + 1; r < n; r++)
      if (fabs(A(r, p)) > fabs(A(best, p))) best = r;
    if (A(best, p) == 0) return 4;
    for (int c = 0; c <= n; c++) {
      double kept = A(p, c);
      A(p, c) = A(best, c);
      A(best, c) = kept;
    }
    for (int r = 0; r < n; r++) {
      if (r == p) continue;
      double factor = A(r, p) / A(p, p);
      for (int c = p; c <= n; c++) A(r, c) -= factor * A(p, c);
    }
  }
  for (int r = 0; r < n; r++) printf("%.3f\n", A(r, n) / A(r, r));
  return 0;
}
