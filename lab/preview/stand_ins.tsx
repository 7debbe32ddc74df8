// Grafana publishes no component for three kinds of panel (state band, node graph, map): their data, in the plainest form.
import React from 'react';

const NOTE = { fontSize: 11, opacity: 0.6, height: 16 };

export function Bands({ frames, from, to, width, height }: any) {
  const bands = frames.flatMap((frame: any) => frame.fields.slice(1).map((field: any) => ({ frame, field })));
  const row = Math.min(30, (height - 16) / bands.length), name = 170;
  const across = (time: number) => ((time / 1000 - from) / (to - from)) * (width - name);
  return <div style={{ position: 'relative' }}>
    <div style={NOTE}>pengganti: Grafana tidak menerbitkan panel jenis ini sebagai paket</div>
    {bands.map(({ frame, field }: any, number: number) =>
      <div key={number} style={{ position: 'relative', height: row - 2, marginBottom: 2, fontSize: Math.min(12, row - 3) }}>
        <span style={{ position: 'absolute', width: name, overflow: 'hidden', whiteSpace: 'nowrap' }}>
          {field.state.displayName}
        </span>
        {frame.fields[0].values.map((time: number, place: number) => {
          const next = frame.fields[0].values[place + 1] ?? time + 60000;
          const shown = field.values[place] == null ? undefined : field.display(field.values[place]).color;
          const wide = across(Math.min(next, to * 1000)) - across(time) + 0.5;
          return <i key={time} style={{ position: 'absolute', left: name + across(time), width: wide, height: row - 2,
            background: shown }} />;
        })}
      </div>)}
  </div>;
}

export function Nodes({ frames, width, height }: any) {
  const nodes = frames.find((frame: any) => frame.fields.some((field: any) => field.name === 'title'));
  const of = (name: string) => nodes.fields.find((field: any) => field.name === name)?.values ?? [];
  const chip: any = { padding: '3px 8px', borderRadius: 12, color: '#fff', fontSize: 12, whiteSpace: 'nowrap' };
  return <div style={{ width, height, overflow: 'hidden' }}>
    <div style={NOTE}>pengganti: Grafana tidak menerbitkan panel jenis ini sebagai paket</div>
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 6 }}>
      {of('title').map((title: string, place: number) =>
        <span key={place} style={{ ...chip, background: of('color')[place] }}>
          {title} {of('mainstat')[place] ?? ''} {of('secondarystat')[place] ?? ''}
        </span>)}
    </div>
  </div>;
}

// Dots at their degrees, with the names that the board has written beside them; no ground, as in the board itself.
export function Dots({ frames, panel, width, height }: any) {
  const fields = frames[0].fields;
  const of = (name: string) => fields.find((field: any) => field.state?.displayName === name);
  const layer = panel.options.layers[0], places = layer.location, state = of(layer.config.style.color.field);
  const north = of(places.latitude).values, east = of(places.longitude).values, names = of(layer.config.style.text.field);
  const span = (degrees: number[]) => [Math.min(...degrees), Math.max(...degrees)];
  const [south, top] = span(north), [west, right] = span(east), edge = 40;
  const scale = Math.min((width - 4 * edge) / (right - west || 1), (height - 2 * edge - 16) / (top - south || 1));
  return <div style={{ width, height }}>
    <div style={NOTE}>pengganti: Grafana tidak menerbitkan panel jenis ini sebagai paket</div>
    <svg width={width} height={height - 16}>
      {north.map((degrees: number, place: number) => {
        const x = 2 * edge + (east[place] - west) * scale, y = edge + (top - degrees) * scale;
        return <g key={place}>
          <circle cx={x} cy={y} r={layer.config.style.size.fixed} fill={state.display(state.values[place]).color} />
          <text x={x + 12} y={y + 4} fill="#fff" fontSize={layer.config.style.textConfig.fontSize}>
            {names?.values[place] ?? ''}
          </text>
        </g>;
      })}
    </svg>
  </div>;
}
