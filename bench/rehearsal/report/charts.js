/* Runs in the page: draws `report` with uPlot. */
(() => {
  const HEIGHT = 260;
  const COLOURS = {
    202: '#1f8a55',
    200: '#8ccfae',
    '409 sold_out': '#b8bec8',
    '503 gate_closed': '#e8a13a',
    '503 outcome_unknown': '#d9662b',
    '503 unavailable': '#c2352b',
    'no answer': '#4a1f6d',
  };
  const OTHERS = ['#3a6ea5', '#7a5fa8', '#8a7a52', '#4e8f99'];
  const drawn = [];

  /** Bands where something was broken. */
  const faults = {
    hooks: {
      drawClear: (u) => {
        for (const { name, atSeconds, brokenMs } of report.faults) {
          const left = u.valToPos(atSeconds, 'x', true);
          const right = u.valToPos(atSeconds + Math.max(brokenMs / 1000, 0.1), 'x', true);
          u.ctx.fillStyle = 'rgba(163, 35, 31, 0.14)';
          u.ctx.fillRect(left, u.bbox.top, Math.max(2, right - left), u.bbox.height);
          u.ctx.fillStyle = '#a3231f';
          u.ctx.font = `${11 * devicePixelRatio}px system-ui`;
          u.ctx.textAlign = 'left';
          u.ctx.fillText(name, left + 4, u.bbox.top + 12 * devicePixelRatio);
        }
      },
    },
  };

  function draw(id, data, series, options = {}) {
    const element = document.getElementById(id);
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        plugins: [faults],
        scales: { x: { time: false, range: () => [0, lastSecond] }, ...options.scales },
        axes: [
          { values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
          {
            size: 64,
            values: (_, ticks) =>
              ticks.map((tick) => (tick == null ? '' : tick.toLocaleString('en-US'))),
          },
        ],
        series: [{ label: 'second' }, ...series],
      },
      data,
      element,
    );
    drawn.push([plot, element]);
  }

  const lastSecond = Math.max(
    report.seconds.length,
    ...report.sights.map(({ atMs }) => atMs / 1000),
  );
  const seconds = report.seconds.map(({ second }) => second);
  const kinds = Object.keys(report.claims.answers).sort(
    (a, b) => Object.keys(COLOURS).indexOf(a) - Object.keys(COLOURS).indexOf(b),
  );
  let other = 0;
  const colourOf = (kind) => COLOURS[kind] ?? OTHERS[other++ % OTHERS.length];

  // Stacked: each series is drawn on top of those before it, and tells its own count.
  const sums = seconds.map(() => 0);
  const stacked = kinds.map((kind) =>
    report.seconds.map(({ answers }, i) => (sums[i] += answers[kind] ?? 0)),
  );
  const bands = kinds.map((kind) => {
    const colour = colourOf(kind);
    return {
      label: kind,
      stroke: colour,
      fill: colour,
      width: 0,
      paths: uPlot.paths.stepped({ align: 1 }),
      points: { show: false },
      value: (_, __, ___, i) => (i == null ? '' : (report.seconds[i].answers[kind] ?? 0)),
    };
  });
  // The highest sum first: the lower ones are painted over it.
  draw('answers', [seconds, ...stacked.toReversed()], bands.toReversed(), {
    scales: { y: { range: (_, __, max) => [0, max * 1.15] } },
  });

  const line = (label, stroke) => ({
    label,
    stroke,
    width: 1.5,
    points: { show: false },
    spanGaps: false,
  });
  draw(
    'latency',
    [
      seconds,
      ...['p50', 'p95', 'p99'].map((p) =>
        report.seconds.map(({ latency }) => latency?.[p] ?? null),
      ),
    ],
    [line('p50', '#3a6ea5'), line('p95', '#e8a13a'), line('p99', '#c2352b')],
    { scales: { y: { distr: 3 } } },
  );
  const at = report.sights.map(({ atMs }) => atMs / 1000);
  draw(
    'units',
    [at, report.sights.map(({ unitsLeft }) => unitsLeft)],
    [line('units left', '#1f8a55')],
  );
  draw(
    'lag',
    [at, report.sights.map(({ unrecorded }) => unrecorded)],
    [line('unrecorded', '#7a5fa8')],
  );

  addEventListener('resize', () => {
    for (const [plot, element] of drawn)
      plot.setSize({ width: element.clientWidth, height: HEIGHT });
  });
})();
