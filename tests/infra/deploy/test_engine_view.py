from __future__ import annotations

import copy
from typing import Any

from infra.any_method import ANY
from infra.deploy.engine_view import METHODS, spelled_out
from tests.infra.deploy.packages import a_template


def a_whole_template(**resources: Any) -> dict[str, Any]:
    template = a_template(**resources)
    definition = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    definition["x-amazon-apigateway-binary-media-types"] = ["application/pdf"]
    definition["paths"]["/"][ANY] = {"responses": {}, "x-amazon-apigateway-integration": {"uri": "here"}}
    return template


def test_each_method_is_written_out_and_the_package_stays_as_it_is() -> None:
    template = a_whole_template()
    before = copy.deepcopy(template)
    api = spelled_out(template)["Resources"]["RestAPI"]["Properties"]
    told = {"x-amazon-apigateway-integration": {"uri": "here"}}
    assert api["DefinitionBody"]["paths"]["/"] == dict.fromkeys(METHODS, told)
    assert api["BinaryMediaTypes"] == ["application/pdf"]
    assert template == before


def test_a_condition_that_splits_a_text_is_never_met_and_the_others_stay() -> None:
    template = a_whole_template()
    part = {"Fn::Select": [0, {"Fn::Split": [":", {"Ref": "BackupCopyVaultArn"}]}]}
    plain = {"Fn::Equals": [{"Ref": "Country"}, "PE"]}
    template["Conditions"] = {"ByWeb": {"Fn::Equals": [part, "https"]}, "InPeru": plain}
    seen = spelled_out(template)["Conditions"]
    assert seen["InPeru"] == plain
    [one, other] = seen["ByWeb"]["Fn::Equals"]
    assert one != other


def test_an_alarm_that_reckons_with_metrics_is_left_out_alone() -> None:
    kind = "AWS::CloudWatch::Alarm"
    alarms = {
        "Plain": {"Type": kind, "Properties": {"MetricName": "Errors"}},
        "Reckoned": {"Type": kind, "Properties": {"Metrics": [{"Id": "a"}]}},
    }
    template = a_whole_template(**alarms)
    assert template["Resources"].keys() - spelled_out(template)["Resources"].keys() == {"Reckoned"}
