// Entry of the measured page: ?peer=NAME&nodes=N. The figures come as `window.figures`.

import { type PanFigures, pan } from './pan.ts';
import { peers } from './peers.tsx';
import { sampleMesh } from './sample-mesh.ts';

export interface PageFigures extends PanFigures {
  /** From the call until two frames were drawn. */
  readonly firstDrawMs: number;
}

declare global {
  interface Window {
    figures: Promise<PageFigures>;
  }
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

async function measure(): Promise<PageFigures> {
  const asked = new URLSearchParams(location.search);
  const peer = peers[asked.get('peer') ?? ''];
  const stage = document.getElementById('stage');
  if (!peer || !stage) throw new Error(`no peer ${asked.get('peer')}`);
  document.body.style.margin = '0';
  Object.assign(stage.style, { position: 'fixed', inset: '0' });
  const mesh = sampleMesh(Number(asked.get('nodes')));
  const begun = performance.now();
  const place = await peer(mesh, stage);
  await frame();
  await frame();
  const firstDrawMs = performance.now() - begun;
  await new Promise((resolve) => setTimeout(resolve, 800));
  return { firstDrawMs, ...(await pan(place)) };
}

window.figures = measure();
