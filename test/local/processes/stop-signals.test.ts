import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { listenForStopSignals } from '../../../lib/local/processes/index.ts';

function setup() {
  const source = new EventEmitter();
  const onStop = vi.fn();
  const onStopAtOnce = vi.fn();
  let clock = 1_000;
  const stopListening = listenForStopSignals({ onStop, onStopAtOnce, source, now: () => clock });
  const send = (signal: string, atMs: number): void => {
    clock = 1_000 + atMs;
    source.emit(signal, signal);
  };
  return { source, send, onStop, onStopAtOnce, stopListening };
}

describe('stop signals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s asks for an orderly stop', (signal) => {
    const { send, onStop, onStopAtOnce } = setup();

    send(signal, 0);

    expect(onStop).toHaveBeenCalledExactlyOnceWith(signal);
    expect(onStopAtOnce).not.toHaveBeenCalled();
  });

  it('repeated within half a second are one, as a terminal and npm both send them', () => {
    const { send, onStop, onStopAtOnce } = setup();

    send('SIGINT', 0);
    send('SIGINT', 3);
    send('SIGTERM', 500);

    expect(onStop).toHaveBeenCalledOnce();
    expect(onStopAtOnce).not.toHaveBeenCalled();
  });

  it('sent again later stop at once', () => {
    const { send, onStop, onStopAtOnce } = setup();

    send('SIGINT', 0);
    send('SIGTERM', 501);

    expect(onStop).toHaveBeenCalledOnce();
    expect(onStopAtOnce).toHaveBeenCalledExactlyOnceWith('SIGTERM');
  });

  it('are left alone when nobody listens any more', () => {
    const { source, stopListening } = setup();

    stopListening();

    expect(source.eventNames()).toEqual([]);
  });
});
