/**
 * The project's own benchmark. Works × rounds × subjects: the subjects take turns within a round, another one begins in
 * each, and what is reported are medians of the rounds, ratios being taken within a round before.
 */
import { VERSION } from '../../firmware/protocol/version.js';
import { Gauge, isInMemory } from './machine.js';
import { findingOf, type Report } from './report.js';
import { sqlite } from './sqlite.js';
import { Stage } from './stage.js';
import type { Subject } from './subject.js';
import { thermowell } from './thermowell.js';
import { usageOf } from './usage.js';
import type { Measured, Terms, Work } from './work.js';
import { archive } from './works/archive.js';
import { batches } from './works/batches.js';
import { delay } from './works/delay.js';
import { deletes } from './works/deletes.js';
import { disk } from './works/disk.js';
import { growth } from './works/growth.js';
import { ingest } from './works/ingest.js';
import { mqtt } from './works/mqtt.js';
import { singles } from './works/singles.js';
import { trickle } from './works/trickle.js';

export interface Plan {
  /** of the archive that is read */
  points: number;
  rounds: number;
  /** of each measurement */
  ms: number;
  /** names of works; absent: all but those that have to be named */
  works?: string[];
  /** measures SQLite beside the collector */
  againstSqlite: boolean;
  /** where the temporary folder is made */
  folder: string;
  /** where CPU profiles of the servers go */
  profiles?: string;
  /** ends the run, which then throws */
  signal: AbortSignal;
  onProgress: (fraction: number, what: string) => void;
}

/** @throws Error when a server fails or answers wrongly, and when the run was ended */
export async function runBench(plan: Plan): Promise<Report> {
  const started = new Date();
  const stage = new Stage(plan.folder, plan.profiles ?? null);
  await stage.open();
  const end = (): void => void stage.stop();
  plan.signal.addEventListener('abort', end);
  try {
    const gauge = new Gauge();
    const subjects = plan.againstSqlite ? [thermowell, sqlite] : [thermowell];
    const works = allWorks(plan.points).filter(
      ({ name, onlyNamed }) => plan.works?.includes(name) ?? onlyNamed !== true,
    );
    const results = await runWorks(works, subjects, stage, gauge, plan);
    const [ours, theirs] = subjects.map((subject) => (work: Work) => results.get(work)!.get(subject)!);
    const { points, rounds, ms } = plan;
    return {
      version: VERSION,
      started: started.toISOString(),
      seconds: Math.round((Date.now() - started.getTime()) / 1000),
      plan: { points, rounds, ms },
      against: plan.againstSqlite ? sqlite.name : null,
      machine: gauge.machine,
      notes: await notesOn(plan),
      figures: works.flatMap((work) =>
        work.figures.map((figure) => findingOf(figure, ours!(work), theirs?.(work) ?? null)),
      ),
    };
  } finally {
    plan.signal.removeEventListener('abort', end);
    await stage.close();
  }
}

function allWorks(points: number): Work[] {
  return [
    batches(1000),
    batches(100),
    singles,
    mqtt,
    archive(points),
    growth(points),
    disk,
    trickle,
    ingest,
    delay,
    deletes,
  ];
}

export const WORK_NAMES = allWorks(0).map(({ name }) => name);

type Results = Map<Work, Map<Subject, Measured[]>>;

async function runWorks(works: Work[], subjects: Subject[], stage: Stage, gauge: Gauge, plan: Plan): Promise<Results> {
  const terms: Terms = { stage, points: plan.points, ms: plan.ms };
  const results: Results = new Map(works.map((work) => [work, new Map(subjects.map((subject) => [subject, []]))]));
  const steps = stepsOf(works, subjects, plan.rounds);
  for (const [i, { work, subject, round }] of steps.entries()) {
    plan.onProgress(i / steps.length, `${work.name}, ${subject.name}`);
    await gauge.take(stage.place());
    if (round === 0) await work.prepare?.(subject, terms);
    results
      .get(work)!
      .get(subject)!
      .push(await work.round(subject, terms));
  }
  return results;
}

interface Step {
  work: Work;
  subject: Subject;
  round: number;
}

function stepsOf(works: Work[], subjects: Subject[], rounds: number): Step[] {
  return Array.from({ length: rounds }, (_, round) =>
    works
      .filter(({ once }) => round === 0 || once !== true)
      .flatMap((work) =>
        subjects.map((_, i): Step => ({ work, subject: subjects[(i + round) % subjects.length]!, round })),
      ),
  ).flat();
}

async function notesOn({ folder, againstSqlite }: Plan): Promise<string[]> {
  const notes: string[] = [];
  if (usageOf(process.pid) === null) notes.push('There is no /proc here: CPU, memory and bytes written are left out.');
  if (await isInMemory(folder))
    notes.push(`${folder} is in memory: there a sync costs nothing. Give a --folder on a disk.`);
  if (againstSqlite) notes.push('SQLite: WAL, synchronous=FULL; its answers too mean "on disk".');
  return notes;
}
