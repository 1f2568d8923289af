import { type AccessRecord, describeRefusal, nameOf } from './access-record.ts';

/** Gathers what all the services of a stack report. An engine that was started again reports anew what it has told before. */
export class AccessLog {
  private readonly known = new Map<string, AccessRecord>();
  private readonly onRefusal: (text: string) => void;

  constructor(onRefusal: (text: string) => void) {
    this.onRefusal = onRefusal;
  }

  readonly add = (record: AccessRecord): void => {
    const { principal, action, resource, context } = record;
    const key = JSON.stringify([nameOf(principal), action, resource, context]);
    if (this.known.has(key)) return;
    this.known.set(key, record);
    if (record.decision.kind !== 'allowed') this.onRefusal(describeRefusal(record));
  };

  get records(): readonly AccessRecord[] {
    return [...this.known.values()];
  }
}
