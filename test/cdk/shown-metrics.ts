import type { Template } from 'aws-cdk-lib/assertions';

/** A metric that somebody looks at, as CloudWatch tells metrics apart, and who looks at it. */
export interface ShownMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `widget "Throughput"`, `alarm DueJobsTooOld`. */
  readonly by: string;
}

/** Logical id of a resource to what stands in its place once it is deployed. */
export type Deployed = Readonly<Record<string, string>>;

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly region?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly annotations?: { readonly horizontal: readonly { readonly value: number }[] };
  };
}

export function readWidgets(template: Template, deployed: Deployed = {}): readonly Widget[] {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const { widgets } = JSON.parse(toText(dashboard?.['Properties'].DashboardBody, deployed)) as { widgets: Widget[] };
  return widgets;
}

export function readShownMetrics(template: Template, deployed: Deployed): readonly ShownMetric[] {
  const widgets = readWidgets(template, deployed).flatMap(({ properties }) =>
    (properties.metrics ?? []).map((metric) => toMetric(metric, `widget "${properties.title}"`)),
  );
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(
    ([id, { Properties }]): ShownMetric => ({
      namespace: Properties.Namespace,
      name: Properties.MetricName,
      dimensions: Object.fromEntries(
        (Properties.Dimensions as readonly { Name: string; Value: unknown }[]).map(({ Name, Value }) => [
          Name,
          toText(Value, deployed),
        ]),
      ),
      by: `alarm ${/Alarms(.+)[0-9A-F]{8}$/.exec(id)?.[1] ?? id}`,
    }),
  );
  return [...widgets, ...alarms];
}

/** Namespace, name, then names and values of dimensions in turn, then how to draw it. */
function toMetric([namespace, name, ...rest]: readonly unknown[], by: string): ShownMetric {
  const texts = rest.filter((entry) => typeof entry === 'string');
  const pairs = texts.flatMap((text, index) => (index % 2 === 0 ? [[text, texts[index + 1] ?? '']] : []));
  return { namespace: String(namespace), name: String(name), dimensions: Object.fromEntries(pairs), by };
}

function toText(value: unknown, deployed: Deployed): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as Readonly<Record<string, unknown>>;
  if ('Fn::Join' in intrinsic) {
    const [separator, parts] = intrinsic['Fn::Join'] as [string, unknown[]];
    return parts.map((part) => toText(part, deployed)).join(separator);
  }
  const reference = 'Ref' in intrinsic ? intrinsic['Ref'] : (intrinsic['Fn::GetAtt'] as unknown[])[0];
  return deployed[String(reference)] ?? String(reference);
}
