import { StackError } from './errors.ts';

/** Distances from the port of the API. One is kept for a console. */
const OFFSETS = { api: 0, dynamodb: 2, sqs: 3, s3: 4 } as const;

const TITLES = { api: 'HTTP API', dynamodb: 'DynamoDB', sqs: 'SQS', s3: 'S3' } as const satisfies Record<
  Service,
  string
>;

export const HIGHEST_PORT = 65_535 - OFFSETS.s3;

type Service = keyof typeof OFFSETS;

export type Ports = Readonly<Record<Service, number>>;

const SERVICES = Object.keys(OFFSETS) as readonly Service[];

/** 0 asks for free ones, which need not lie side by side. */
export function planPorts(port: number): Ports {
  const portOf = (service: Service): number => (port === 0 ? 0 : port + OFFSETS[service]);
  return { api: portOf('api'), dynamodb: portOf('dynamodb'), sqs: portOf('sqs'), s3: portOf('s3') };
}

/** Says of an error about a port in use which service wanted it, and what to do. Other errors stay as they are. */
export function explainPortInUse(error: unknown, ports: Ports): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'port-in-use' && 'port' in error)) {
    return error;
  }
  const service = SERVICES.find((candidate) => ports[candidate] === error.port);
  const { api } = ports;
  return new StackError(
    'port-in-use',
    `Port ${String(error.port)}${service === undefined ? '' : ` (${TITLES[service]})`} is in use. ` +
      `Stop what listens there, or choose other ports: --port N takes N to N+${OFFSETS.s3}, --port 0 takes free ones.` +
      (api === 0 ? '' : ` Now: ${SERVICES.map((name) => ports[name]).join(', ')}.`),
    { cause: error },
  );
}
