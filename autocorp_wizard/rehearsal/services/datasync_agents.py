"""DataSync's actions on agents: made with the pretend agent's keys."""

from moto.core.responses import ActionResult

from autocorp_wizard.rehearsal.agent_book import KeyRefusedError
from autocorp_wizard.rehearsal.services.datasync_call import DataSyncCall
from autocorp_wizard.rehearsal.services.datasync_models import Agent, DataSyncRefusal, Settings, new_arn, tags_of
from autocorp_wizard.rehearsal.services.datasync_state import the_book


class AgentActions(DataSyncCall):
    """Create, describe, list, rename and delete agents."""

    def create_agent(self) -> ActionResult:
        """Use a key up and know an agent from then on."""
        sent = self.checked()
        try:
            key = the_book().take(str(sent["ActivationKey"]), self.region)
        except KeyRefusedError as refused:
            raise DataSyncRefusal(str(refused), "InvalidRequest", "InvalidActivationKey") from refused
        private_link: Settings = {
            name: sent[name] for name in ("VpcEndpointId", "SubnetArns", "SecurityGroupArns") if name in sent
        }
        if key.private_link_ip:
            private_link["PrivateLinkEndpoint"] = key.private_link_ip
        agent = Agent(
            new_arn(self.region, "agent", "agent"),
            str(sent.get("AgentName") or ""),
            tags_of(sent.get("Tags")),
            key,
            private_link,
        )
        self.here.agents[agent.arn] = agent
        return ActionResult({"AgentArn": agent.arn})

    def describe_agent(self) -> ActionResult:
        """Say how an agent is."""
        agent = self.agent(str(self.checked()["AgentArn"]))
        return ActionResult(agent.as_document(the_book().machine(agent.key.machine)))

    def list_agents(self) -> ActionResult:
        """List agents."""
        agents = [each.as_document(the_book().machine(each.key.machine)) for each in self.here.agents.values()]
        return self.page("Agents", agents)

    def update_agent(self) -> ActionResult:
        """Rename an agent."""
        sent = self.checked()
        self.agent(str(sent["AgentArn"])).name = str(sent.get("Name") or "")
        return ActionResult({})

    def delete_agent(self) -> ActionResult:
        """Forget an agent that no location uses; its machine is set up anew, as an operator would do."""
        agent = self.agent(str(self.checked()["AgentArn"]))
        users = [each.arn for each in self.here.places.values() if agent.arn in each.agents]
        if users:
            message = f"Agent {agent.arn} is in use by {len(users)} location(s), for example {users[0]}."
            raise DataSyncRefusal(message, "InvalidRequest", "AgentInUse")
        del self.here.agents[agent.arn]
        book = the_book()
        if book.present.number == agent.key.machine:
            book.set_up_machine()
        return ActionResult({})
