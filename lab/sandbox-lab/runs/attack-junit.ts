// Outcomes of attacks as JUnit XML, which CIs read: a suite for each runtime, a case for each attack.

import type { Counted } from './partial-report.ts';

export async function attackJunit(reports: readonly Counted[]): Promise<string> {
  // Loaded here: hardly anybody needs it.
  const library = await import('junit-report-builder');
  // Its types promise an object with a default export; Node gives what the package exports.
  const builder = (library.default as unknown as typeof library.default.default).newBuilder();
  for (const { runtime, arch, kernel, attacks } of reports) {
    const suite = builder.testSuite().name(`sandbox.${runtime}`);
    suite.property('arch', arch);
    suite.property('kernel', kernel);
    for (const { name, ms = 0, reason, syscall, problem } of attacks) {
      const one = suite
        .testCase()
        .className(`sandbox.${runtime}`)
        .name(name)
        .time(ms / 1_000);
      one.standardOutput([reason, syscall].filter(Boolean).join(' '));
      if (problem !== undefined) one.failure(problem);
    }
  }
  return builder.build();
}
