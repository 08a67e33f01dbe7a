// Judges passwords in a thread of its own: a word list of 200,000 entries is read when the first one comes, and one
// password may take a tenth of a second. JavaScript, because a thread is started from the file as it lies in its folder.
import { parentPort } from 'node:worker_threads';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';

const judge = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
});

parentPort?.on('message', (/** @type {{ password: string, words: string[] }} */ { password, words }) => {
  parentPort?.postMessage(judge.check(password, words).score, []);
});
