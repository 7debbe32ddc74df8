// Prometheus' answers in, Grafana's data frames out, as its own Prometheus data source and its field overrides make them.
import {
  DataFrame, FieldType, getDisplayProcessor, getFieldMatcher, GrafanaTheme2, standardTransformers,
  standardTransformersRegistry, toDataFrame, transformDataFrame,
} from '@grafana/data';

type Sample = [number, string];
type Answer = { metric: Record<string, string>; value?: Sample; values?: Sample[] };
export type Answers = Record<string, Answer[]>;

// Grafana's application fills this registry; the two that our boards use stand here.
standardTransformersRegistry.setInit(() =>
  [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer].map((transformation) => ({
    id: transformation.id, name: transformation.name, transformation, editor: () => null,
  })) as any);

// Grafana draws a null as a gap; Prometheus leaves the sample out, and the data source puts the null there.
function withGaps(samples: Sample[], step: number): [number, number | null][] {
  const at = new Map(samples.map(([time, value]) => [time, Number(value)]));
  const times: [number, number | null][] = [];
  for (let time = samples[0][0]; time <= samples[samples.length - 1][0]; time += step) {
    times.push([time * 1000, at.get(time) ?? null]);
  }
  return times;
}

function seriesFrames(target: any, answers: Answer[], step: number): DataFrame[] {
  return answers.map(({ metric, value, values }) => {
    const legend = target.legendFormat === '__auto' ? (Object.values(metric).join(' ') || 'Value')
      : target.legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_: string, key: string) => metric[key] ?? '');
    const points = withGaps(values ?? [value!], step);
    return toDataFrame({ name: legend, refId: target.refId, fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: points.map(([time]) => time) },
      { name: 'Value', type: FieldType.number, labels: metric, values: points.map(([, number]) => number),
        config: { displayNameFromDS: legend } },
    ] });
  });
}

function tableFrame(target: any, answers: Answer[], alone: boolean): DataFrame {
  const labels = [...new Set(answers.flatMap(({ metric }) => Object.keys(metric)))].sort();
  return toDataFrame({ refId: target.refId, fields: [
    { name: 'Time', type: FieldType.time, config: {}, values: answers.map(({ value }) => value![0] * 1000) },
    ...labels.map((label) => ({
      name: label, type: FieldType.string, config: {}, values: answers.map(({ metric }) => metric[label] ?? ''),
    })),
    { name: alone ? 'Value' : `Value #${target.refId}`, type: FieldType.number, config: {},
      values: answers.map(({ value }) => Number(value![1])) },
  ] });
}

function put(config: any, path: string, value: unknown) {
  const steps = path.split('.');
  const last = steps.pop()!;
  const place = steps.reduce((inside, step) => (inside[step] = { ...inside[step] }), config);
  place[last] = value;
}

// A board writes the lowest step as null (JSON has no infinity); Grafana reads it back as minus infinity.
function boundless(config: any) {
  if (config.thresholds) {
    const steps = config.thresholds.steps.map((step: any) => ({ ...step, value: step.value ?? -Infinity }));
    config.thresholds = { ...config.thresholds, steps };
  }
  return config;
}

export function dressed(frames: DataFrame[], panel: any, theme: GrafanaTheme2): DataFrame[] {
  let drawn = 0;
  const rules = panel.fieldConfig.overrides.map((rule: any) => ({ ...rule, fits: getFieldMatcher(rule.matcher) }));
  for (const frame of frames) {
    for (const field of frame.fields) {
      const config: any = { ...structuredClone(panel.fieldConfig.defaults), ...field.config };
      for (const rule of rules) {
        if (rule.fits(field, frame, frames)) {
          rule.properties.forEach((property: any) => put(config, property.id, property.value));
        }
      }
      field.config = boundless(config);
      const name = config.displayName ?? config.displayNameFromDS ?? field.name;
      field.state = { displayName: name, seriesIndex: field.type === FieldType.number ? drawn++ : undefined };
      field.display = getDisplayProcessor({ field, theme, timeZone: 'Asia/Jakarta' });
    }
  }
  return frames;
}

export function framesOf(panel: any, answers: Answers, step: number): Promise<DataFrame[]> {
  const asked = panel.targets.filter((target: any) => answers[target.refId]?.length);
  const frames = asked.flatMap((target: any) => target.format === 'table'
    ? [tableFrame(target, answers[target.refId], panel.targets.length === 1)]
    : seriesFrames(target, answers[target.refId], step));
  return new Promise((resolve, reject) =>
    transformDataFrame(panel.transformations ?? [], frames).subscribe({ next: resolve, error: reject }));
}
