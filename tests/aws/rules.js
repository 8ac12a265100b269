// rules.js: our own rules for the template, which no tool checks. Each takes
// the template as JSON and returns one sentence for each violation.
'use strict';
const edge = require('./rules/edge.js');
const parts = require('./rules/parts.js');
const rights = require('./rules/rights.js');
const settled = require('./rules/settled.js').rules;
const watch = require('./rules/watch.js');

const RULES = { ...rights, ...parts, ...edge, ...watch, ...settled };

// All violations in 'template', as "rule: sentence".
function violations(template) {
  return Object.entries(RULES).flatMap(([name, rule]) => rule(template)
    .filter(Boolean).map((sentence) => `${name}: ${sentence}`));
}

module.exports = { RULES, violations };
