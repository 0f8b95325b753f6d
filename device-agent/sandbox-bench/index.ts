export { type Clock, type Clocked, type ClockOptions, startClock } from './clock.ts';
export { type SeriesAbout, seriesKey } from './core/series-book.ts';
export { type MeasureOptions, measureSandbox, type PeerCommand } from './measure-sandbox.ts';
export { nativeProbe, type ProbeService, probeServices } from './probe-services.ts';
