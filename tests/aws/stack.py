"""The template of tools/aws as data: what tests make of it on this machine."""
import functools
import pathlib
import subprocess

import yaml

ASSEMBLE = pathlib.Path(__file__).resolve().parents[2] / "tools/aws/assemble"


class Loader(yaml.SafeLoader):
    """!Ref X, !GetAtt X.Y and the like become {"Ref": X} and so on."""


def construct(loader, tag, node):
    if isinstance(node, yaml.ScalarNode):
        return {tag: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    return {tag: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", construct)


@functools.cache
def resources():
    text = subprocess.run([ASSEMBLE], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return yaml.load(text, Loader)["Resources"]


def table(name):
    """What CreateTable of boto3 takes of a table."""
    properties = resources()[name]["Properties"]
    return {key: properties[key] for key in
            ("AttributeDefinitions", "KeySchema", "BillingMode")}


def time_to_live(name):
    return resources()[name]["Properties"]["TimeToLiveSpecification"]


def functions(tables):
    """(handler, environment) of each function, by the name in the template;
    'tables' says what each table of the template is called here."""
    found = {}
    for name, resource in resources().items():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        properties = resource["Properties"]
        variables = properties["Environment"]["Variables"]
        found[name] = (properties["Handler"], {
            variable: tables[value["Ref"]]
            for variable, value in variables.items()})
    return found
