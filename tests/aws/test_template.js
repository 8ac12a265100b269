// test_template.js: the template passes, and seeded mistakes do not.
'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { judge } = require('./judge.js');
const { MUTANTS } = require('./mutants.js');
const { RULES, violations } = require('./rules.js');

const AWS = path.join(__dirname, '..', '..', 'tools', 'aws');
// The limit of a template in S3.
const TEMPLATE_BYTES_MOST = 1000000;

const accepted = JSON.parse(fs.readFileSync(
  path.join(__dirname, 'accepted.json'), 'utf8'));

// The parser that comes with aws-cdk-lib.
function readYaml(...names) {
  const yaml = require(require.resolve('yaml', {
    paths: [path.dirname(require.resolve('aws-cdk-lib'))],
  }));
  return yaml.parse(fs.readFileSync(path.join(AWS, ...names), 'utf8'));
}

const assembled = execFileSync(path.join(AWS, 'assemble'),
  { encoding: 'utf8' });
const good = judge(assembled);

// ---- The template itself ----------------------------------------------------

test('is a template', () => assert.strictEqual(good.refused, null));

test('passes the validation without a warning', () =>
  assert.deepStrictEqual(good.validation, []));

// Are the findings those of the list, each of which has a reason?
function areAccepted(findings, listed, line) {
  assert.deepStrictEqual([...new Set(findings.map(line))].sort(),
    listed.map(line).sort());
  for (const finding of listed) {
    assert.ok(finding.reason.length > 40, `no reason: ${line(finding)}`);
  }
}

test('has the findings that are accepted, and no other', () => areAccepted(
  good.nag, accepted['template.yaml'],
  ({ rule, resource }) => `${rule} ${resource}`));

test('keeps our own rules', () =>
  assert.deepStrictEqual(violations(good.template), []));

test('fits', () => assert.ok(assembled.length < TEMPLATE_BYTES_MOST));

test('gives another deployment to another API', () => {
  const names = assembled.match(/ApiDeployment(Public|Jwt)[0-9a-f]{12}\b/g);
  assert.strictEqual(new Set(names).size, 2);
  assert.ok(!assembled.includes('@'.concat('flow')));
});

test('holds flows and test cases that are JSON', () => {
  const texts = Object.values(good.template.Resources)
    .filter(({ Type }) => /^AWS::Connect::(ContactFlow|TestCase)$/.test(Type))
    .flatMap(({ Properties: { Content: content } }) =>
      (content['Fn::If'] || [null, content]).slice(1))
    .map((content) => content['Fn::Sub'] || content)
    .map((content) => (Array.isArray(content) ? content[0] : content));
  assert.strictEqual(texts.length, 5);
  texts.forEach((text) => JSON.parse(text));
});

test('answers what openapi.yaml describes', () => {
  const api = readYaml('openapi.yaml');
  const resources = good.template.Resources;
  const methods = Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::ApiGateway::Method')
    .map(([, { Properties: method }]) => ({
      path: `/${resources[method.ResourceId.Ref].Properties.PathPart}`,
      method: method.HttpMethod.toLowerCase(),
      needed: Object.keys(method.RequestParameters || {})
        .map((name) => name.replace('method.request.querystring.', '')),
    }));
  const described = Object.entries(api.paths).flatMap(([place, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.tags.includes('api'))
      .map(([method, operation]) => ({
        path: place,
        method,
        needed: (operation.parameters || [])
          .filter((parameter) => parameter.required)
          .map((parameter) => parameter.name),
      })));
  assert.deepStrictEqual(methods, described);
});

test('has the outputs that deploy and smoke ask for', () => {
  const asked = ['deploy', 'smoke'].flatMap((name) => [
    ...fs.readFileSync(path.join(AWS, name), 'utf8')
      .matchAll(/\(output (\w+)/g)].map((match) => match[1]));
  assert.ok(asked.length > 10);
  assert.deepStrictEqual(
    asked.filter((name) => !good.template.Outputs[name]), []);
});

test('the roles of the example pass too', () => {
  const { refused, validation, nag } = judge(fs.readFileSync(
    path.join(AWS, 'examples', 'github-role.yaml'), 'utf8'));
  assert.deepStrictEqual([refused, validation], [null, []]);
  areAccepted(nag, accepted['github-role.yaml'],
    ({ rule, detail }) => `${rule} ${detail}`);
});

test('the role of the example may load the table, as README says', () => {
  const readme = fs.readFileSync(path.join(AWS, '..', '..', 'README.md'),
    'utf8');
  const [, line] = readme.match(/"Sid": "LoadAndCheck",[^[]*\[\s*(.*)/);
  const role = readYaml('examples', 'github-role.yaml').Resources.Deployer;
  const { Action: actions } = role.Properties.Policies[0].PolicyDocument
    .Statement.find(({ Sid }) => Sid === 'Table');
  assert.deepStrictEqual(actions.toSorted(),
    line.match(/dynamodb:\w+/g).sort());
});

// What CloudFormation does with a role, besides making and deleting it: it
// reads what is attached before it changes or deletes that.
test('the role of the example may make, read and delete roles', () => {
  const role = readYaml('examples', 'github-role.yaml').Resources.Maker;
  const [{ Action: actions }] = role.Properties.Policies[0].PolicyDocument
    .Statement;
  assert.deepStrictEqual(actions.map((action) => action.replace('iam:', '')), [
    'AttachRolePolicy', 'CreateRole', 'DeleteRole', 'DeleteRolePolicy',
    'DetachRolePolicy', 'GetRole', 'GetRolePolicy', 'ListAttachedRolePolicies',
    'ListRolePolicies', 'PassRole', 'PutRolePolicy', 'TagRole', 'UntagRole',
    'UpdateAssumeRolePolicy', 'UpdateRole']);
});

test('the workflows of the example run no text of an event', () => {
  for (const name of ['github-deploy.yml', 'github-deploy-stage.yml']) {
    const { jobs } = readYaml('examples', name);
    for (const { permissions, steps = [] } of Object.values(jobs)) {
      const token = (permissions || {})['id-token'] === 'write';
      assert.strictEqual(token, name.includes('stage') || !steps.length);
      steps.forEach(({ run = '' }) => assert.ok(!run.includes('${{'), run));
    }
  }
});

test('the limit of a caller is within what is counted', () => {
  const header = fs.readFileSync(
    path.join(AWS, '..', 'lambda', 'handler.h'), 'utf8');
  const [, counted] = header.match(/#define HANDLER_COUNTED_CALLS (\d+)u/);
  assert.strictEqual(good.template.Parameters.CallsPerDay.MaxValue, +counted);
});

// Dollars a month of what stands in the template, whoever calls.
const STANDING = {
  'AWS::WAFv2::WebACL': ['firewall', ({ Rules }) => 500 + 100 * Rules.length],
  'AWS::CloudWatch::Dashboard': ['dashboard', () => 300],
  'AWS::CloudWatch::Alarm': ['alarms', () => 10],
  'AWS::KMS::Key': ['key', () => 100],
  'AWS::SecretsManager::Secret': ['secret', () => 40],
};

test('costs what README says', () => {
  const readme = fs.readFileSync(path.join(AWS, '..', '..', 'README.md'),
    'utf8');
  const [, words, ...totals] = readme.match(
    /\| standing: (.*?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|/);
  const told = Object.fromEntries(words.split(', ').map((part) => {
    const [name, dollars] = part.split(' ');
    return [name, Math.round(dollars * 100)];
  }));
  const cents = { table: told.table };
  Object.values(good.template.Resources).forEach(({ Type, Properties }) => {
    const [name, price] = STANDING[Type] || [];
    if (name) cents[name] = (cents[name] || 0) + price(Properties);
  });
  assert.deepStrictEqual(told, cents);
  const sum = Object.values(told).reduce((a, b) => a + b);
  totals.forEach((total) => assert.strictEqual(Math.round(total * 100), sum));
});

// ---- Mistakes that the tools must see ---------------------------------------

// [what, text that is there, text instead of it, what must be said]
const MISTAKES = [
  ['a misspelt nested property', 'InputFormat: DYN', 'InputFormatt: DYN',
    /InputFormat/],
  ['text for a number', 'MemorySize: 128', 'MemorySize: lots', /[mM]emorySize/],
  ['an unknown kind of association', 'IntegrationType: LAMBDA_FUNCTION',
    'IntegrationType: LAMBDAS', /W3030.*IntegrationType/],
  ['an attribute of nothing', '!GetAtt IndexTable.Arn', '!GetAtt Index.Arn',
    /Index/],
  ['an unknown type', 'Type: AWS::Logs::LogGroup', 'Type: AWS::Logs::Group',
    /AWS::Logs::Group/],
  ['a required property missing', '      Role: !GetAtt LookupRole.Arn\n', '',
    /[rR]ole/],
  ['a misspelt property in a list', 'ThrottlingBurstLimit:', 'ThrottlingBurst:',
    /ThrottlingBurst/],
  ['a misspelt key in a list', 'KeyType: HASH', 'KeyTyp: HASH', /keyType/],
  ['an attribute that no key uses',
    '        - {AttributeName: suffix, AttributeType: S}\n',
    '        - {AttributeName: suffix, AttributeType: S}\n' +
    '        - {AttributeName: other, AttributeType: S}\n', /E3039/],
  ['an unknown condition', 'Condition: HasSms', 'Condition: HasNothing',
    /HasNothing/],
  ['an unknown parameter', '!Ref ApiRate', '!Ref ApiRates',
    /ApiRates/],
  ['a flow whose function is not named',
    'LookupFunctionArn: !GetAtt LookupFunction.Arn',
    'LookupArn: !GetAtt LookupFunction.Arn', /LookupFunctionArn/],
  ['an unknown resource behind DependsOn', 'DependsOn: LookupFromConnect',
    'DependsOn: LookupOfConnect', /LookupOfConnect/],
  ['a circle', 'Description: The best words of a number, for a caller or over ' +
    'HTTP', 'Description: !Ref LookupFromConnect', /[Cc]ircular|[Cc]ycl/],
  ['a text that is no number', 'Threshold: 1000\n', 'Threshold: often\n',
    /[tT]hreshold/],
  ['a retention that there is not', 'RetentionInDays: 30',
    'RetentionInDays: 31', /W3030.*RetentionInDays/],
  ['every action on everything', 'Action: dynamodb:GetItem\n' +
    '                Resource: !GetAtt IndexTable.Arn',
  "Action: '*'\n                Resource: '*'", /nag.*IAM5/],
  ['a table without recovery', 'PointInTimeRecoveryEnabled: true',
    'PointInTimeRecoveryEnabled: false', /nag.*DDB3 CallsTable/],
  ['a key that is not rotated', 'EnableKeyRotation: true',
    'EnableKeyRotation: false', /nag.*KMS5/],
  ['a second factor for who likes', "MfaConfiguration: 'ON'",
    'MfaConfiguration: OPTIONAL', /nag.*COG2/],
  ['an old runtime', 'Runtime: provided.al2023', 'Runtime: provided.al2',
    /W2531/],
];

// Everything said of a mutant that is not said of the template.
function complaints(text) {
  const verdict = judge(text);
  const known = new Set(good.nag.map((f) => `${f.rule} ${f.resource}`));
  return [
    ...(verdict.refused ? [verdict.refused] : []),
    ...verdict.validation.map((f) => `${f.rule} ${f.resource} ${f.detail}`),
    ...verdict.nag.map((f) => `${f.rule} ${f.resource}`)
      .filter((finding) => !known.has(finding))
      .map((finding) => `nag ${finding}`),
  ];
}

for (const [what, from, to, said] of MISTAKES) {
  test(`refuses ${what}`, () => {
    assert.ok(assembled.includes(from), `not in the template: ${from}`);
    const found = complaints(assembled.replace(from, to));
    assert.ok(found.some((complaint) => said.test(complaint)),
      `nobody said ${said}: ${found.join('\n')}`);
  });
}

// ---- Mistakes that our own rules must see -----------------------------------

for (const [rule, what, change, said] of MUTANTS) {
  test(`our rule ${rule} sees ${what}`, () => {
    const mutant = structuredClone(good.template);
    change(mutant);
    assert.notDeepStrictEqual(mutant, good.template, 'nothing is changed');
    const found = violations(mutant);
    assert.ok(found.includes(`${rule}: ${said}`),
      `not said: ${said}\nbut: ${found.join('\n')}`);
  });
}

test('every rule of ours is proved', () => assert.deepStrictEqual(
  [...new Set(MUTANTS.map(([rule]) => rule))].sort(),
  Object.keys(RULES).sort()));
