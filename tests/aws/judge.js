// judge.js: what CloudFormation's own rules and cdk-nag say of a template.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const cdk = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const { AwsSolutionsChecks } = require('cdk-nag');

// cdk-nag's findings as { rule, resource, detail }, into 'findings'.
function nagLogger(findings) {
  const nothing = () => {};
  const note = (data, detail) => findings.push({
    rule: data.ruleId,
    resource: path.basename(data.resource.node.path),
    detail,
  });
  return {
    onCompliance: nothing,
    onSuppressed: nothing,
    onSuppressedError: nothing,
    onNotApplicable: nothing,
    onNonCompliance: (data) => note(data, data.findingId),
    // A rule that could not be evaluated is a finding too.
    onError: (data) => note(data, 'not evaluated'),
  };
}

// Findings of the validation inside aws-cdk-lib, warnings among them.
function reported(folder) {
  const file = path.join(folder, 'out', 'validation-report.json');
  if (!fs.existsSync(file)) return [];
  const report = JSON.parse(fs.readFileSync(file, 'utf8'));
  return report.pluginReports.flatMap((plugin) => plugin.violations)
    .flatMap((violation) => violation.violatingConstructs.map((construct) => ({
      rule: violation.ruleName,
      resource: path.basename(construct.constructPath),
      detail: violation.description,
    })));
}

// Judges the YAML 'text': { template, refused, validation, nag }. 'refused' is
// the reason for which there is no 'template'; the others are findings.
// The first call starts the engine, which takes some seconds.
function judge(text) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vanity-aws-'));
  const verdict = { template: null, refused: null, validation: [], nag: [] };
  try {
    const file = path.join(folder, 'template.yaml');
    fs.writeFileSync(file, text);
    const app = new cdk.App({
      outdir: path.join(folder, 'out'),
      analyticsReporting: false,
      context: {
        '@aws-cdk/core:validateAgainstDefaultRules': true,
        '@aws-cdk/core:validationReportPrettyPrint': false,
      },
    });
    const stack = new cdk.Stack(app, 'Stack', {
      synthesizer: new cdk.LegacyStackSynthesizer(),
    });
    new CfnInclude(stack, 'Template', { templateFile: file });
    cdk.Aspects.of(app).add(new AwsSolutionsChecks({
      reports: false, additionalLoggers: [nagLogger(verdict.nag)],
    }));
    verdict.template = app.synth().getStackByName('Stack').template;
  } catch (error) {
    verdict.refused = error.message;
  }
  verdict.validation = reported(folder);
  fs.rmSync(folder, { recursive: true });
  // Set by a failed validation; here it is an answer.
  process.exitCode = undefined;
  return verdict;
}

module.exports = { judge };
