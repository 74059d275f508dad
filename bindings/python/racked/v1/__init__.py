"""The messages of the scenario format, as Python's Protobuf knows them: `scenario_pb2.Scenario`."""
