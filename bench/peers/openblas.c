/* OpenBLAS's products on one thread: reads "kind m n k seconds" from a line, writes calls per second. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  const char *kind = getenv("BENCH_CLOCK");
  clock_gettime(kind && !strcmp(kind, "cpu") ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(void) {
  char kind[8];
  int m, n, k, is_double;
  double seconds;
  openblas_set_num_threads(1);
  while (scanf("%7s %d %d %d %d %lf", kind, &is_double, &m, &n, &k, &seconds) == 6) {
    size_t size = is_double ? sizeof(double) : sizeof(float);
    void *a = malloc(size * m * k), *b = malloc(size * k * n), *c = malloc(size * m * n);
    for (int i = 0; i < m * k; i++) { if (is_double) ((double *)a)[i] = 0.5; else ((float *)a)[i] = 0.5f; }
    for (int i = 0; i < k * n; i++) { if (is_double) ((double *)b)[i] = 0.25; else ((float *)b)[i] = 0.25f; }
    enum CBLAS_TRANSPOSE ta = !strcmp(kind, "tn") ? CblasTrans : CblasNoTrans;
    enum CBLAS_TRANSPOSE tb = !strcmp(kind, "nt") ? CblasTrans : CblasNoTrans;
    int lda = ta == CblasTrans ? m : k, ldb = tb == CblasTrans ? k : n;
    double fastest = 1e30, start = now();
    do {
      double before = now(), elapsed;
      long calls = 0;
      do {
        for (int i = 0; i < 4; i++, calls++) {
          if (is_double) cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
          else cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
        }
        elapsed = now() - before;
      } while (elapsed < seconds / 60);
      if (elapsed / calls < fastest) fastest = elapsed / calls;
    } while (now() - start < seconds);
    printf("%.6g %s\n", 1 / fastest, openblas_get_corename());
    fflush(stdout);
    free(a), free(b), free(c);
  }
  return 0;
}
