// reading.js: what the rules read of a template.
'use strict';

const list = (value) => (value === undefined ? [] : [].concat(value));

// Resources of a type, with their properties beside their name.
function ofType(template, type) {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([name, resource]) => ({ name, resource, ...resource.Properties }));
}

// Properties of a resource; {} where it is missing, so that rules go on.
const properties = (template, name) =>
  (template.Resources[name] || {}).Properties || {};

// A value as Fn::Sub would write it: "${Key.Arn}" for an attribute of Key,
// "${Key}" for a reference; JSON for what is no text.
function spelled(value) {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return `${value}`;
  if (typeof value.Ref === 'string') return `\${${value.Ref}}`;
  const attribute = value['Fn::GetAtt'];
  if (attribute !== undefined) return `\${${list(attribute).join('.')}}`;
  if (typeof value['Fn::Sub'] === 'string') return value['Fn::Sub'];
  return JSON.stringify(value);
}

// Names of the resources and parameters that 'value' refers to.
function references(value) {
  if (Array.isArray(value)) return value.flatMap(references);
  if (value === null || typeof value !== 'object') return [];
  if (typeof value.Ref === 'string') return [value.Ref];
  const attribute = value['Fn::GetAtt'];
  if (attribute !== undefined) return [list(attribute)[0].split('.')[0]];
  if (typeof value['Fn::Sub'] === 'string') {
    return [...value['Fn::Sub'].matchAll(/\$\{([A-Za-z0-9]+)/g)]
      .map((match) => match[1]);
  }
  return Object.values(value).flatMap(references);
}

const refersTo = (value, name) => references(value).includes(name);

// "what is X instead of Y" where a value is not as it must be.
function unlike(what, got, wanted) {
  return spelled(got) !== wanted && `${what} is ${spelled(got)}, not ${wanted}`;
}

// The violation if two sets of texts differ, with what is too much or missing.
function differs(what, got, wanted) {
  return [
    ...got.filter((item) => !wanted.includes(item))
      .map((item) => `${what}: ${item} is too much`),
    ...wanted.filter((item) => !got.includes(item))
      .map((item) => `${what}: ${item} is missing`),
  ];
}

module.exports = {
  differs, list, ofType, properties, references, refersTo, spelled, unlike,
};
