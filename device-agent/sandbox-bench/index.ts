export { type BenchDesk, type BenchDeskOptions, createBenchDesk } from './bench-desk.ts';
export { type Clock, type Clocked, type ClockOptions, startClock } from './clock.ts';
export { type SeriesAbout, seriesKey } from './core/series-book.ts';
export { withSpares } from './core/with-spares.ts';
export { type MeasureOptions, measureSandbox, type PeerCommand } from './measure-sandbox.ts';
export { nativeProbe, type ProbeService, probeServices } from './probe-services.ts';
