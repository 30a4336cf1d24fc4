"""What requests and responses look like."""

from pydantic import BaseModel, ConfigDict


class Basket(BaseModel):
    sku: str
    quantity: int = 1


class OrderOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    sku: str
    quantity: int


class Credentials(BaseModel):
    email: str
    password: str


class CustomerOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    api_key: str
