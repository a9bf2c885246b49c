// A reader before classic Notebook: opens a notebook, runs all, watches, interrupts, restarts, and kills the kernel in two ways.
// Prints one line of JSON per step; the test reads them. Leaves two pictures.
'use strict';
const path = require('node:path');
const { chromium } = require('playwright-core');

const [url, pictures] = process.argv.slice(2);
const say = (step, facts) => console.log(JSON.stringify({ step, ...facts }));
const button = (action) => `button[data-jupyter-action="jupyter-notebook:${action}"]`;

async function main(page) {
  const picture = (name) => page.screenshot({ path: path.join(pictures, name) });
  const cells = page.locator('.code_cell');
  const shows = (cell, words) => cell.locator('.output_area', { hasText: words }).first().innerText();

  // Once the page says that the kernel answers. Asked for before the deed that makes it so.
  const ready = () => page.evaluate(() => { window.ready = new Promise((resolve, reject) => {
    Jupyter.notebook.events.one('kernel_ready.Kernel', resolve);
    setTimeout(() => reject(new Error('the page did not hear of a ready kernel within a minute')), 60_000);
  }); });
  const untilReady = () => page.evaluate(() => window.ready);

  async function run(code) { // in a new cell at the end
    await page.evaluate((text) => {
      const cell = Jupyter.notebook.insert_cell_at_bottom('code');
      cell.set_text(text);
      cell.execute();
    }, code);
    await cells.last().scrollIntoViewIfNeeded();
    return cells.last();
  }

  async function kill(step, code) {
    await ready();
    await run(code);
    const dialog = page.locator('.modal-dialog', { hasText: 'appears to have died' });
    await dialog.waitFor();
    await untilReady();
    await picture(`${step}.png`);
    say(step, { dialog: await dialog.locator('.modal-body').innerText() });
    await dialog.locator('button', { hasText: 'OK' }).click();
    await dialog.waitFor({ state: 'hidden' });
    say(`after ${step}`, { result: await shows(await run('6 * 7'), '42') });
  }

  await page.goto(url);
  await page.waitForSelector('#kernel_indicator_icon.kernel_idle_icon');
  say('open', { kernel: await page.locator('#kernel_indicator .kernel_indicator_name').innerText() });

  // The bar is looked at whenever the page changes.
  await page.evaluate(() => {
    window.seen = [];
    new MutationObserver(() => {
      const bar = document.querySelector('progress');
      if (bar && window.seen.at(-1) !== bar.value) window.seen.push(bar.value);
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  await page.click('#celllink');
  await page.click('#run_all_cells');
  await page.waitForFunction(() => window.seen.length >= 3);
  say('moving', { running: await cells.first().locator('.input_prompt', { hasText: '*' }).count() });
  await shows(cells.nth(2), '42');
  await picture('run-all.png');
  say('ran', {
    bar: await page.evaluate(() => window.seen),
    bars: await page.locator('progress').count(),
    drawing: await page.locator('.output_area svg').evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().height > 200 && svg.textContent.includes('A curve'))),
  });

  const loop = await run('display("here"); while (true) { }');
  await shows(loop, 'here');
  const clickedAt = Date.now();
  await page.click(button('interrupt-kernel'));
  say('interrupt', { error: await shows(loop, 'KeyboardInterrupt'), milliseconds: Date.now() - clickedAt });
  say('after interrupt', { result: await shows(await run('kept + 2'), '43') });

  await ready();
  await page.click(button('confirm-restart-kernel'));
  await page.locator('.modal-dialog .btn-danger', { hasText: 'Restart' }).click();
  await untilReady();
  say('restart', { error: await shows(await run('kept'), 'CS0103') });

  // A kernel that dies in its first ten seconds, as the server counts them every three, is one that never started: its successor gets other ports, and the
  // page never hears of it, whatever the kernel.
  await page.waitForTimeout(14_000);
  await kill('exit', 'Environment.Exit(3);');
  await kill('overflow', 'int Deeper(int n) => Deeper(n + 1) + 1;\nDeeper(0)');
}

(async () => {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    page.setDefaultTimeout(60_000);
    await main(page);
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
