// Runs the statements of a JSON array on standard input, and prints the rows of each as JSON.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const require = createRequire(process.env.DUCKDB_MODULES + '/');
const {DuckDBInstance} = require('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const answers = [];

for (const statement of JSON.parse(readFileSync(0, 'utf8'))) {
	const started = performance.now();
	const reader = await connection.runAndReadAll(statement);
	answers.push({rows: reader.getRowObjectsJson(), milliseconds: performance.now() - started});
}
console.log(JSON.stringify(answers));
