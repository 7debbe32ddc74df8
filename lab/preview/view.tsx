// Draws a board's JSON with Grafana's own React components, without a Grafana. window.PAGE has the board and the answers.
import React from 'react';
import { createRoot } from 'react-dom/client';
import { createTheme, DataFrame, getFieldDisplayValues, VizOrientation } from '@grafana/data';
import {
  BarGauge, BarGaugeDisplayMode, BarGaugeValueMode, BigValue, BigValueColorMode, BigValueGraphMode, BigValueTextMode,
  GlobalStyles, LegendDisplayMode, PanelChrome, Table, ThemeContext, TimeSeries, VizRepeater,
} from '@grafana/ui';
import { dressed, framesOf } from './frames';
import { Bands, Dots, Nodes } from './stand_ins';

const { board, answers, from, to, step, note } = (window as any).PAGE;
const theme = createTheme({ colors: { mode: 'dark' } });
// Grafana's grid: 24 columns; a row is 30 px with 8 px between.
const ROW = 38, GAP = 8, TOP = 44;

function figures(panel: any, frames: DataFrame[]) {
  const found = getFieldDisplayValues({
    fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: (text) => text,
    theme, data: frames, timeZone: 'Asia/Jakarta',
  });
  return found;
}

function Stat({ panel, frames, width, height }: any) {
  const options = panel.options;
  return <VizRepeater source={frames} getValues={() => figures(panel, frames)} width={width} height={height}
    renderCounter={0} orientation={VizOrientation.Auto} autoGrid
    renderValue={({ value, width: wide, height: high }: any) => <BigValue theme={theme} width={wide} height={high}
      value={value.display} colorMode={options.colorMode as BigValueColorMode} textMode={options.textMode as BigValueTextMode}
      graphMode={BigValueGraphMode.None} />} />;
}

function Bars({ panel, frames, width, height }: any) {
  const options = panel.options;
  return <VizRepeater source={frames} getValues={() => figures(panel, frames)} width={width} height={height}
    renderCounter={0} orientation={VizOrientation.Horizontal} itemSpacing={8} minVizHeight={options.minVizHeight} maxVizHeight={options.maxVizHeight}
    renderValue={({ value, width: wide, height: high }: any) => <BarGauge theme={theme} width={wide} height={high}
      value={value.display} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex)}
      orientation={VizOrientation.Horizontal} displayMode={options.displayMode as BarGaugeDisplayMode}
      valueDisplayMode={options.valueMode as BarGaugeValueMode} showUnfilled={options.showUnfilled}
      namePlacement={options.namePlacement} />} />;
}

function Graph({ frames, panel, width, height }: any) {
  return <TimeSeries frames={frames} width={width} height={height} timeZone="Asia/Jakarta"
    timeRange={{ from: from * 1000, to: to * 1000, raw: {} } as any}
    legend={{ ...panel.options.legend, displayMode: LegendDisplayMode.List, calcs: [] }} />;
}

function Rows({ frames, panel, width, height }: any) {
  return <Table data={frames[0]} width={width} height={height} initialSortBy={panel.options.sortBy}
    cellHeight={panel.options.cellHeight} />;
}

const KINDS: Record<string, any> = {
  stat: Stat, bargauge: Bars, timeseries: Graph, table: Rows, 'state-timeline': Bands, nodeGraph: Nodes, geomap: Dots,
};

function Body({ panel, width, height }: any) {
  const [frames, set] = React.useState<DataFrame[] | null>(null);
  React.useEffect(() => {
    framesOf(panel, answers[panel.id] ?? {}, step).then((made) => set(dressed(made, panel, theme)));
  }, []);
  if (!frames) {
    return null;
  }
  const empty = !frames.some((frame) => frame.length);
  if (empty && panel.type !== 'stat' && panel.type !== 'bargauge') {
    const style: any = { display: 'grid', placeContent: 'center', height, color: theme.colors.text.secondary };
    return <div style={style}>{panel.fieldConfig.defaults.noValue ?? 'No data'}</div>;
  }
  const Kind = KINDS[panel.type];
  return <Kind panel={panel} frames={frames} width={width} height={height} from={from} to={to} />;
}

function Place({ panel, column }: any) {
  const grid = panel.gridPos;
  const width = grid.w * column - GAP, height = grid.h * ROW - GAP;
  return <div style={{ position: 'absolute', left: grid.x * column + GAP / 2, top: TOP + grid.y * ROW, width, height }}>
    <PanelChrome title={panel.title} description={panel.description} width={width} height={height}>
      {(wide: number, high: number) => <Body panel={panel} width={wide} height={high} />}
    </PanelChrome>
  </div>;
}

function App() {
  const column = (window.innerWidth - GAP) / 24;
  const page = { background: theme.colors.background.canvas, color: theme.colors.text.primary, minHeight: '100vh' };
  return <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <div style={{ position: 'relative', ...page }}>
      <div style={{ padding: '10px 8px', fontSize: 18, whiteSpace: 'nowrap', overflow: 'hidden' }}>
        {board.title} <span style={{ color: '#ffb357', fontSize: 15 }}>{note}</span>
      </div>
      {board.panels.map((panel: any) => <Place key={panel.id} panel={panel} column={column} />)}
    </div>
  </ThemeContext.Provider>;
}

createRoot(document.getElementById('root')!).render(<App />);
